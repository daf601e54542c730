"""The counter without a mouse, a dossier's whole day in the office, two officers at once."""

import re

import pytest

from e2e import ways
from e2e.conftest import Visit
from e2e.house import House
from e2e.visitor import Visitor

CARD = "022193999001||Nguyễn Thu Hà|12041993|Nữ|Số 27, phố Trần Quốc Nghiễn, Phường Hồng Gai|15032022"
DESK, SECOND_DESK = "canbo.tiepnhan.honggai", "canbo.tiepnhan2.honggai"


def receive_by_keyboard(desk: Visitor) -> str:
    """A walk-in asks for a certificate of marital status: card, box, procedure, papers, one key. Answers the code."""
    keys = desk.page.keyboard
    desk.go("/office/counter/reception/")
    ways.focus(desk, "r-card")
    keys.insert_text(CARD)
    keys.press("Enter")
    ways.focus(desk, "r-is_compared")
    assert desk.page.locator('[name="r-full_name"]').input_value() == "Nguyễn Thu Hà"
    keys.press("Space")
    ways.tab_to(desk, "r-procedure_q")
    keys.type("xac nhan tinh trang hon nhan")
    desk.page.locator("#procedures").get_by_text("Giấy xác nhận tình trạng hôn nhân").first.wait_for()
    keys.press("Enter")
    ways.focus(desk, "r-have-p1")
    desk.look()
    papers = desk.page.locator('main input[type="checkbox"][name^="r-have-"]').evaluate_all(
        "boxes => boxes.map(box => box.name)"
    )
    for name in papers:
        ways.tab_to(desk, name)
        keys.press("Space")
        keys.press("Enter")  # goes on to the count, as everywhere on this screen; nothing is sent
        ways.focus(desk, name.replace("r-have-", "r-originals-"))
    with desk.page.expect_navigation():
        keys.press("Control+Enter")
    assert "/office/counter/received/" in desk.page.url, desk.text[:800]
    desk.look()
    return str(desk.page.locator("main .mc-code").first.inner_text()).strip()


def hand_over_by_keyboard(desk: Visitor, code: str) -> None:
    """The slip is scanned, the result goes into the owner's hands and is signed for."""
    keys = desk.page.keyboard
    desk.go("/office/counter/handover/")
    ways.tab_to(desk, "q")
    keys.insert_text(code)
    with desk.page.expect_navigation():
        keys.press("Enter")
    desk.look()
    if "/handover/" in desk.page.url and not re.search(r"/handover/[0-9a-f-]{36}/", desk.page.url):
        desk.follow(code)
    ways.tab_to(desk, "receiver_paper")
    keys.type("CCCD …9001")
    ways.tab_to(desk, "signed")
    keys.press("Space")
    with desk.page.expect_navigation():
        keys.press("Control+Enter")
    desk.says("Handed over")
    desk.look()


def test_a_walk_in_from_the_card_to_the_signature(visit: Visit) -> None:
    desk = visit(DESK)
    code = receive_by_keyboard(desk)
    slip = desk.page.locator("main a[href*='/prints/slip/']").first.get_attribute("href")
    assert desk.context.request.get(slip).body().startswith(b"%PDF")
    with desk.page.expect_navigation():
        desk.page.keyboard.press("F2")
    ways.focus(desk, "r-card")

    handler = visit("chuyenvien.honggai")
    handler.go("/office/")
    handler.says(code)
    ways.open_case(handler, code)
    ways.act(handler, "Take it")
    ways.act(handler, "Draft the result", kind="granted", answer=422, finding="Không có đăng ký kết hôn.")
    assert handler.page.locator('[name="finding"]').input_value() == "Không có đăng ký kết hôn."
    ways.act(handler, "Draft the result", valid_until="24/05/2027")
    ways.act(handler, "Send to be signed")

    leader = visit("lanhdao.honggai")
    ways.open_case(leader, code)
    ways.act(leader, "Send back", reason="Ghi rõ sổ đã tra cứu.")
    ways.open_case(handler, code)
    handler.says("Ghi rõ sổ đã tra cứu.")
    ways.act(handler, "Send to be signed")
    ways.open_case(leader, code)
    ways.act(leader, "Sign")

    clerk = visit("vanthu.honggai")
    ways.open_case(clerk, code)
    ways.act(clerk, "Number, seal and issue")
    clerk.says("Result ready")

    hand_over_by_keyboard(desk, code)
    stranger = visit(width=360)
    stranger.go(f"/track/?code={code}")
    stranger.says("Result handed over")
    assert "Nguyễn Thu Hà" not in stranger.text


def test_of_two_officers_one_wins_and_the_other_is_told(house: House, visit: Visit) -> None:
    code = ways.filed(house)
    first, second = visit(DESK), visit(SECOND_DESK)
    ways.open_case(first, code)
    ways.open_case(second, code)
    ways.act(first, "Accept")
    ways.act(second, "Refuse acceptance", reason="Thiếu giấy chứng sinh.", answer=409)
    assert "Đào Phương Thảo" in second.text
    assert "Thiếu giấy chứng sinh." in second.page.content()
    first.go(first.page.url)
    first.says("Accepted")


def test_an_act_pressed_twice_is_done_once(house: House, visit: Visit) -> None:
    code = ways.filed(house)
    desk = visit(DESK)
    ways.open_case(desk, code)
    form = desk.page.locator('main form[action$="/accept/"]').first
    sent = form.evaluate("form => Object.fromEntries(new FormData(form))")
    target = form.get_attribute("action")
    assert target
    for _ in range(2):
        answer = desk.context.request.post(target, form=sent, headers={"Referer": desk.page.url})
        assert answer.status == 200
    desk.go(desk.page.url)
    assert desk.text.count("The dossier was accepted.") == 1


PAGES = {
    DESK: ["/office/inbox/", "/office/dossiers/", "/office/counter/handover/", "/office/counter/uncollected/"],
    "truongphong.honggai": ["/office/inbox/", "/office/reports/ii06/"],
    "lanhdao.honggai": ["/office/inbox/", "/office/reports/ii06/", "/office/guidance/"],
    "quantri": ["/office/inbox/", "/office/undelivered/", "/office/reports/ii06/"],
}


@pytest.mark.parametrize("width", [768, 1280])
@pytest.mark.parametrize("who", PAGES)
def test_the_office_is_accessible_to_every_role(visit: Visit, who: str, width: int) -> None:
    officer = visit(who, width=width)
    for path in PAGES[who]:
        assert officer.go(path).status == 200
