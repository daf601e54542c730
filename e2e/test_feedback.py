"""A word from the phone, its way through the offices, its answer for everybody; and what is late."""

import re

from e2e import ways
from e2e.conftest import Visit
from e2e.house import House
from e2e.visitor import Visitor

CENTRE = "Public Administration Service Centre of Hồng Gai Ward"
COMMITTEE = "People's Committee of Hồng Gai Ward"
SUBJECT = "Chờ hơn hai giờ ở quầy số 2"
ANSWER = "Trung tâm đã kiểm tra: hôm đó máy lấy số hỏng. Chúng tôi xin lỗi và đã thay máy."
LATE = """
from datetime import timedelta
from motcua.identity import queries as identity
from motcua.kernel import clock
from motcua.places.models import Agency
from motcua.support import services as support
from motcua.support.enums import About, Kind
from motcua.support.rules import Sent
now = clock.now() - timedelta(days=40)
sender = identity.account("vu.an")
sent = Sent(
    kind=Kind.FEEDBACK, about=About.CONDUCT, subject="Chưa ai trả lời tôi", text="Tôi đã gửi từ tháng trước. " * 3,
    agency_id=Agency.objects.get(code="H49.106.01").pk, may_publish=False,
)
print("SENT " + support.send(sent=sent, actor=identity.actor_of(sender.pk, now.date()), now=now).code)
"""


def open_case(officer: Visitor, code: str) -> None:
    """From the list to the case."""
    officer.go("/office/feedback/")
    officer.follow(code)


def test_from_the_phone_to_the_published_answer(visit: Visit) -> None:
    phone = visit("nguyen.thu.ha", width=360)
    phone.go("/feedback/")
    phone.follow("Write to us")
    phone.fill(
        about="conduct", agency=CENTRE, subject=SUBJECT,
        text="Sáng thứ hai tôi đến lúc 8 giờ, đến hơn 10 giờ mới được gọi.", may_publish="on",
    )  # fmt: skip
    phone.press("Send")
    code = str(phone.page.locator("main .mc-code, main [data-mc-copy]").first.inner_text()).strip()
    phone.says("Your case arrived")
    own = phone.page.url

    desk = visit("canbo.tiepnhan.honggai")
    open_case(desk, code)
    ways.act(desk, "Pass it to the competent agency", answer=422)  # without agency and reason
    ways.act(
        desk, "Pass it to the competent agency", agency=COMMITTEE,
        reason="Quầy số 2 do Ủy ban nhân dân phường bố trí cán bộ.",
    )  # fmt: skip

    leader = visit("lanhdao.honggai")
    open_case(leader, code)
    ways.act(leader, "Take it up")
    ways.act(leader, "Answer", text="Đã rõ.", answer=409)  # too short to help anybody
    ways.act(leader, "Answer", text=ANSWER)
    letter = leader.page.locator("main a[href$='letter.pdf']").first.get_attribute("href")
    assert leader.context.request.get(letter).body().startswith(b"%PDF")
    leader.follow("Publish the answer")
    leader.fill(text="Sáng thứ hai phải chờ hơn hai giờ.", answer=ANSWER)
    leader.press("Publish the answer")

    phone.go(own)
    phone.says("máy lấy số hỏng")
    phone.fill(is_liked="yes")
    phone.press("Send")
    phone.says("You said that the answer helped.")
    stranger = visit(width=360)
    stranger.go("/feedback/?q=may+lay+so+hong")
    stranger.follow(SUBJECT)
    assert "Nguyễn Thu Hà" not in stranger.text


def test_what_is_late_stands_first_and_says_so_to_both(house: House, visit: Visit) -> None:
    code = next(line.split()[1] for line in house.run(LATE).splitlines() if line.startswith("SENT "))
    desk = visit("canbo.tiepnhan.honggai")
    desk.go("/office/feedback/")
    first = desk.page.locator("main [data-mc-row]").first
    assert code in first.inner_text()
    assert re.search("Take it up now", first.inner_text())
    desk.follow(code)
    ways.act(desk, "Do not take it up", reason="Nội dung đã được trả lời trong phản ánh trước của ông/bà.")
    desk.says("Not taken up")
    writer = visit("vu.an", width=360)
    writer.go("/my/feedback/")
    writer.follow("Chưa ai trả lời tôi")
    writer.says("Why it was not taken up")
