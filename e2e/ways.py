"""Ways that several journeys go: a birth is declared, an act is done in the office."""

import re
from pathlib import Path

from e2e.house import House
from e2e.visitor import Visitor, picture

BIRTH = "1.001193"
CASE = re.compile(r"/office/dossiers/[0-9a-f-]{36}/")
WARD, STREET = "06685", "Số 27, phố Trần Quốc Nghiễn"
HOSPITAL = "Bệnh viện Sản Nhi Quảng Ninh"
MOTHER = {
    "mother_year": "1993", "mother_ethnic": "Kinh", "mother_residence-unit": WARD, "mother_residence-street": STREET,
}  # fmt: skip
FATHER = {
    "father_name": "Phạm Minh Đức", "father_year": "1990", "father_ethnic": "Kinh", "father_residence-unit": WARD,
    "father_residence-street": STREET,
}  # fmt: skip


def declare_birth(mother: Visitor, child: str, *, on: str = "02/11/2026") -> None:
    """From the procedure's page to the review, every section filled."""
    mother.go(f"/procedures/{BIRTH}/")
    mother.follow(re.compile("Start|File online"))
    mother.press("Begin")
    answer_birth(mother, child, on=on)
    mother.fill(promise="on")
    mother.press("Save and go on")


def answer_birth(mother: Visitor, child: str, *, on: str = "02/11/2026") -> None:
    """The sections of the declaration of a birth, up to its promise."""
    mother.fill(requester_relation="mother")
    mother.press("Save and go on")
    mother.fill(
        child_name=child, child_birth=on, birth_at="facility", birth_facility=HOSPITAL, child_sex="male",
        child_ethnic="Kinh", child_home="Phường Hồng Gai, tỉnh Quảng Ninh",
        **{"birth_place-unit": WARD, "birth_place-street": "Đường Nguyễn Văn Cừ"},
    )  # fmt: skip
    mother.press("Save and go on")
    mother.fill(**MOTHER)
    mother.press("Save and go on")
    mother.fill(**FATHER)
    mother.press("Save and go on")


def add_paper(applicant: Visitor, folder: Path, number: int = 0) -> None:
    """Photograph a paper into the first open place."""
    form = applicant.page.locator("main form", has=applicant.page.get_by_role("button", name="Add this file")).nth(
        number
    )
    form.locator('input[type="file"]').first.set_input_files(picture(folder))
    with applicant.page.expect_navigation():
        form.get_by_role("button", name="Add this file").click()
    applicant.look()


def send(applicant: Visitor) -> str:
    """Promise and send; answers the tracking code."""
    if applicant.page.locator('[name="without_papers"]').count():
        applicant.fill(without_papers="on")
    if applicant.page.locator('[name="promise"]').count():
        applicant.fill(promise="on")
    applicant.press("Send the dossier")
    return str(applicant.page.locator("main .mc-code").first.inner_text()).strip()


def open_case(officer: Visitor, words: str) -> None:
    """Find a dossier by what is known of it, as from a telephone call."""
    officer.go("/office/inbox/")
    with officer.page.expect_navigation():
        officer.page.locator("#mc-bar-q").fill(words)
        officer.page.keyboard.press("Enter")
    officer.look()
    if not CASE.search(officer.page.url):  # an exact code leads straight to the dossier
        with officer.page.expect_navigation():
            officer.page.locator("main [data-mc-row] a").first.click()
        officer.look()


def act(officer: Visitor, label: str, *, answer: int = 200, **values: str) -> None:
    """Do one of the acts of the dossier's page, opening its form where it has one; `answer` is what must come back."""
    main, exactly = officer.page.locator("main"), re.compile(f"^\\s*{re.escape(label)}\\s*$")
    details = main.locator("details", has=officer.page.locator("summary", has_text=exactly)).first
    form = main
    if details.count():
        if details.get_attribute("open") is None:
            details.locator("summary").click()
        form = details
        for name, value in values.items():
            field = form.locator(f'[name="{name}"]').first
            kind = field.evaluate("field => field.tagName === 'SELECT' ? 'select' : field.type")
            if kind == "radio":
                form.locator(f'[name="{name}"][value="{value}"]').check()
            elif kind == "select":
                field.select_option(label=value)
            else:
                field.fill(value)
    with officer.page.expect_navigation() as came:
        form.get_by_role("button", name=label, exact=True).first.click()
    assert came.value.status == answer, f"“{label}” came back with {came.value.status}: {officer.text[:600]}"
    officer.look()


def focus(visitor: Visitor, name: str) -> None:
    """Wait until a field holds the focus."""
    visitor.page.wait_for_function("name => document.activeElement && document.activeElement.name === name", arg=name)


def tab_to(visitor: Visitor, name: str, *, most: int = 40) -> None:
    """Press Tab until a field holds the focus."""
    for _ in range(most):
        if visitor.page.evaluate("document.activeElement.name") == name:
            return
        visitor.page.keyboard.press("Tab")
    raise AssertionError(f"{most} times Tab did not reach {name} on {visitor.page.url}")


FILED = """
from motcua.catalogue import queries as catalogue
from motcua.dossiers import services as dossiers
from motcua.dossiers.enums import Channel
from motcua.identity import queries as identity
from motcua.kernel import clock
from motcua.places.models import Agency
now = clock.now()
owner = identity.account("{owner}")
filing = dossiers.Filing(
    procedure_id=catalogue.procedure("{procedure}").pk, channel=Channel.ONLINE,
    receiving_agency_id=Agency.objects.get(code="H49.106.01").pk,
    competent_agency_id=Agency.objects.get(code="H49.106").pk, owner_name=owner.person.full_name,
    owner_person_id=owner.person_id, submitter_person_id=owner.person_id, phone="0900000001",
    papers=(dossiers.PaperIn("Giấy chứng sinh", "p2", originals=1),),
)
made = dossiers.submit(filing=filing, actor=identity.actor_of(owner.pk, now.date()), now=now)
print("FILED " + made.tracking_code)
"""


def filed(house: House, *, owner: str = "pham.minh.duc", procedure: str = BIRTH) -> str:
    """A dossier somebody has filed already, behind the pages; answers its tracking code."""
    printed = house.run(FILED.format(owner=owner, procedure=procedure))
    return next(line.split()[1] for line in printed.splitlines() if line.startswith("FILED "))
