"""A certified copy inside the centre: received, settled by the delegate and in its owner's hands, without a slip."""

from e2e import ways
from e2e.conftest import Visit
from e2e.visitor import Visitor

COPY = "2.000815"


def receive(desk: Visitor) -> str:
    """A walk-in brings a paper to be certified; the way inside the centre is offered and taken. Answers the code."""
    keys = desk.page.keyboard
    desk.go("/office/counter/reception/")
    desk.fill(**{"r-full_name": "Vũ An", "r-id_number": "", "r-is_compared": "on"})
    ways.tab_to(desk, "r-procedure_q")
    keys.type(COPY)
    desk.page.locator("#procedures").get_by_text(COPY).first.wait_for()
    keys.press("Enter")
    desk.page.locator('main [name="r-way"]').first.wait_for()
    assert desk.page.locator('main [name="r-way"]:checked').input_value() == "inside"
    for box in desk.page.locator('main input[type="checkbox"][name^="r-have-"]').all():
        box.check()
        name = str(box.get_attribute("name")).replace("r-have-", "r-originals-")
        desk.page.locator(f'main [name="{name}"]').fill("1")
    desk.look()
    with desk.page.expect_navigation():
        keys.press("Control+Enter")
    assert "/office/counter/received/" in desk.page.url, desk.text[:800]
    desk.says("No slip is needed")
    desk.look()
    return str(desk.page.locator("main .mc-code").first.inner_text()).strip()


def test_settled_at_the_counter_under_the_delegation(visit: Visit) -> None:
    code = receive(visit("canbo.tiepnhan.honggai"))
    delegate = visit("lanhdao.honggai")
    ways.open_case(delegate, code)
    delegate.follow("Settle on the spot")
    delegate.press("Settle and hand over")  # nothing typed yet: said beside each field
    assert "/settle/" in delegate.page.url
    delegate.fill(receiver_paper="CCCD …9004", signed="register")
    for name, value in {"receipt_number": "0000123", "register_book": "01/2026", "copies_total": "2"}.items():
        if delegate.page.locator(f'main [name="{name}"]').count():
            delegate.fill(**{name: value})
    delegate.press("Settle and hand over")
    delegate.says("Result handed over")
    paper = delegate.page.locator("main a[href*='/prints/result/']").first.get_attribute("href")
    assert delegate.context.request.get(paper).body().startswith(b"%PDF")
    stranger = visit(width=360)
    stranger.go(f"/track/?code={code}")
    stranger.says("Result handed over")
