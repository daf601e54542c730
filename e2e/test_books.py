"""Many at once and the end of the year, by the keyboard alone."""

import re

from e2e import ways
from e2e.conftest import Visit
from e2e.house import House
from e2e.visitor import Visitor

DESK, CLERK = "canbo.tiepnhan.honggai", "giamdoc.honggai"
LAST_YEAR = """
from datetime import datetime
from motcua.catalogue import queries as catalogue
from motcua.dossiers import services as dossiers
from motcua.dossiers.enums import Channel
from motcua.identity import queries as identity
from motcua.kernel import clock
from motcua.places.models import Agency
now = datetime(2025, 12, 29, 9, tzinfo=clock.ZONE)
owner, desk = identity.account("tran.van.hung"), identity.account("canbo.tiepnhan.honggai")
filing = dossiers.Filing(
    procedure_id=catalogue.procedure("1.001193").pk, channel=Channel.COUNTER,
    receiving_agency_id=Agency.objects.get(code="H49.106.01").pk,
    competent_agency_id=Agency.objects.get(code="H49.106").pk, owner_name=owner.person.full_name,
    owner_person_id=owner.person_id, submitter_person_id=owner.person_id, phone="0900000001",
)
made = dossiers.receive(filing=filing, actor=identity.actor_of(desk.pk, clock.today()), now=now)
print("RECEIVED " + made.code)
"""


def press(visitor: Visitor, name: str, *, most: int = 80) -> None:
    """Go to a button with Tab and press it with Enter; look at what comes."""
    keys = visitor.page.keyboard
    for _ in range(most):
        said = visitor.page.evaluate("document.activeElement.innerText || ''")
        if str(said).strip() == name:
            break
        keys.press("Tab")
    else:
        raise AssertionError(f"{most} times Tab did not reach “{name}” on {visitor.page.url}")
    with visitor.page.expect_navigation():
        keys.press("Enter")
    visitor.look()


def test_several_are_accepted_at_once_and_each_row_says_what_became_of_it(house: House, visit: Visit) -> None:
    codes = [ways.filed(house, owner="hoang.minh.tuan") for _ in range(2)]
    desk = visit(DESK)
    desk.go("/office/inbox/")
    boxes = desk.page.locator('main input[type="checkbox"][name="chosen"]')
    for code in codes:
        row = desk.page.locator("main [data-mc-row]", has_text=code)
        row.locator('input[type="checkbox"]').focus()
        desk.page.keyboard.press("Space")
    assert boxes.evaluate_all("boxes => boxes.filter(box => box.checked).length") == 2
    press(desk, "Accept those chosen")
    desk.says("2 dossiers can be done.")
    press(desk, "Accept")
    desk.says("2 dossiers done.")
    found = re.findall(r"H49\.106\.01-\d{6}-\d{4}", desk.text)
    assert len(set(found)) == 2
    numbers = sorted(int(code[-4:]) for code in set(found))
    assert numbers[1] - numbers[0] == 1  # one after the other, without a gap


def test_the_book_of_last_year_is_closed_by_keyboard_and_stays_closed(house: House, visit: Visit) -> None:
    code = next(line.split()[1] for line in house.run(LAST_YEAR).splitlines() if line.startswith("RECEIVED "))
    clerk = visit(CLERK)
    clerk.go("/office/year-end/")
    ways.tab_to(clerk, "confirm", most=80)
    clerk.page.keyboard.type("2024")
    clerk.page.keyboard.press("Enter")
    clerk.page.wait_for_load_state("load")
    clerk.says("This is another year.")
    clerk.look()
    ways.tab_to(clerk, "confirm", most=80)
    clerk.page.keyboard.press("Control+A")
    clerk.page.keyboard.type("2025")
    with clerk.page.expect_navigation():
        clerk.page.keyboard.press("Enter")
    clerk.look()
    clerk.says("Carried over into the next year")
    clerk.says(code)
    clerk.go("/office/register/?year=2025")
    clerk.says("Closed on")
    paper = clerk.page.locator("main a[href*='register.pdf']").first.get_attribute("href")
    assert clerk.context.request.get(paper).body().startswith(b"%PDF")
