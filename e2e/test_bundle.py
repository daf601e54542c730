"""A family files everything a birth asks for at once on a phone; what waits for the certificate opens by itself."""

from pathlib import Path

from e2e import ways
from e2e.conftest import Visit


def test_one_declaration_and_the_copies_open_by_themselves(visit: Visit, tmp_path: Path) -> None:
    mother = visit("nguyen.thu.ha", width=360)
    mother.go("/bundles/")
    mother.follow("See what follows")

    mother.press("Begin")
    mother.fill(wanted_copies="on")
    mother.press("Save and go on")
    ways.answer_birth(mother, "Phạm Minh Long")
    mother.says("Copies of the birth certificate")
    mother.fill(copies_copies_count="2")
    mother.press("Save and go on")
    mother.fill(promise="on")
    mother.press("Save and go on")
    ways.add_paper(mother, tmp_path)
    mother.follow("Go on to the review")
    mother.says("Later, by itself")
    tracking = ways.send(mother)
    mother.says("Waits for the result of")
    bundle = mother.page.url

    desk = visit("canbo.tiepnhan.honggai")
    ways.open_case(desk, tracking)
    desk.says("Filed together with")
    ways.act(desk, "Accept")
    legal = desk.page.locator("h1").inner_text().strip()
    handler = visit("chuyenvien.honggai")
    ways.open_case(handler, legal)
    ways.act(handler, "Draft the result", kind="granted", register_book="01/2026")
    ways.act(handler, "Send to be signed")
    leader = visit("lanhdao.honggai")
    ways.open_case(leader, legal)
    ways.act(leader, "Sign")
    clerk = visit("vanthu.honggai")
    ways.open_case(clerk, legal)
    ways.act(clerk, "Number, seal and issue")

    for _ in range(30):  # a consumer opens it a moment later
        mother.go(bundle)
        if "Waits for" not in mother.text:
            break
        mother.page.wait_for_timeout(1000)
    mother.says("You can go on there now")
    assert mother.page.locator("main .mc-tasks a[href*='/my/dossiers/']").count() == 2
    mother.follow("Copies of the birth certificate")
    mother.says("Filed together with others")
