"""A mother files on her phone; the dossier comes back for a paper, and ends with a birth certificate and an opinion."""

import re
from pathlib import Path

from e2e import ways
from e2e.conftest import Visit
from e2e.visitor import picture


def test_a_birth_is_registered_from_the_phone_to_the_rating(visit: Visit, tmp_path: Path) -> None:
    mother = visit("nguyen.thu.ha", width=360)
    ways.declare_birth(mother, "Phạm Minh Khôi")
    ways.add_paper(mother, tmp_path)
    mother.follow("Go on to the review")
    mother.says("Phạm Minh Khôi")
    code = ways.send(mother)
    mother.says("What happens next")

    desk = visit("canbo.tiepnhan.honggai")
    ways.open_case(desk, code)
    ways.act(desk, "Accept")
    legal = desk.page.locator("h1").inner_text().strip()
    assert re.fullmatch(r"H49\.106(\.\d+)?-\d{6}-\d{4,}", legal)

    handler = visit("chuyenvien.honggai")
    ways.open_case(handler, legal)
    ways.act(handler, "Ask for a supplement", items="Giấy chứng sinh bản chính", reason="Ảnh chụp mờ, không đọc được.")

    mother.go("/my/")
    mother.says("This needs you now")
    mother.follow("Send what is missing")
    mother.says("Ảnh chụp mờ")
    mother.fill(file_0=str(picture(tmp_path, "chung-sinh.png")), answer="Tôi gửi lại bản rõ hơn.")
    mother.press("Send the answer")

    ways.open_case(handler, legal)
    handler.says("Tôi gửi lại bản rõ hơn.")
    ways.act(handler, "Draft the result", kind="granted", register_book="01/2026")
    ways.act(handler, "Send to be signed")
    leader = visit("lanhdao.honggai")
    ways.open_case(leader, legal)
    ways.act(leader, "Sign")
    clerk = visit("vanthu.honggai")
    ways.open_case(clerk, legal)
    ways.act(clerk, "Number, seal and issue")

    mother.go("/my/")
    mother.says("Result ready")
    mother.go(f"/find/?q={legal}")
    mother.follow(re.compile("khai sinh"))
    result = mother.page.locator("main a[href*='/prints/result/']").first.get_attribute("href")
    answer = mother.context.request.get(result)
    assert answer.body().startswith(b"%PDF")

    mother.says("How was the service?")
    mother.fill(score="5", comment="Nhanh, không phải đi lại.")
    mother.press("Send the rating")
    mother.says("You rated this service.")


def test_sent_twice_is_one_dossier(visit: Visit) -> None:
    mother = visit("nguyen.thu.ha", width=360)
    ways.declare_birth(mother, "Phạm Minh Anh")
    mother.go(mother.page.url.replace("/papers/", "/review/"))
    mother.fill(without_papers="on")
    form = mother.page.locator("main form", has=mother.page.get_by_role("button", name="Send the dossier"))
    sent = form.evaluate("form => Object.fromEntries(new FormData(form))")
    answers = [
        mother.context.request.post(mother.page.url, form=sent, headers={"Referer": mother.page.url}) for _ in range(2)
    ]
    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].url == answers[1].url
    assert "/filed/" in answers[0].url


def test_a_draft_is_kept_while_typing_and_offered_on_another_device(visit: Visit) -> None:
    phone = visit("le.thi.mai", width=360)
    phone.go(f"/file/{ways.BIRTH}/")
    phone.press("Begin")
    with phone.page.expect_response(lambda answer: "/save/" in answer.url):
        phone.page.locator('[name="requester_residence-street"]').fill("Tổ 3, khu 2")
    desktop = visit("le.thi.mai")
    desktop.go("/")
    desktop.says("Go on with your draft")
    desktop.follow(re.compile("khai sinh"), within="main .mc-panel-signal")
    assert desktop.page.locator('[name="requester_residence-street"]').input_value() == "Tổ 3, khu 2"
    desktop.go(f"/file/{ways.BIRTH}/")
    desktop.says("You have begun already")


def test_two_windows_of_one_draft_do_not_undo_each_other(visit: Visit, tmp_path: Path) -> None:
    phone = visit("chiu.sang.mui", width=360)
    phone.go(f"/file/{ways.BIRTH}/")
    phone.press("Begin")
    draft = phone.page.url.rsplit("/form/", 1)[0]
    phone.go(f"{draft}/form/child/")
    desktop = visit("chiu.sang.mui")
    desktop.go(f"{draft}/form/child/")
    desktop.fill(child_name="Chíu Văn Nam")
    desktop.press("Save and go on")
    with phone.page.expect_navigation():  # whoever takes the phone up again sees what was typed elsewhere
        phone.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert phone.page.locator('[name="child_name"]').input_value() == "Chíu Văn Nam"
    phone.go(f"{draft}/papers/")
    phone.page.locator('main input[type="file"]').first.set_input_files(str(picture(tmp_path)))
    phone.page.get_by_role("link", name="Go on to the review").click()
    phone.says("A file is chosen but not added yet.")
    with phone.page.expect_navigation():
        phone.page.keyboard.press("Enter")  # the button that adds it has the focus
    phone.says("Added")


def test_wrong_answers_are_kept_and_said(visit: Visit, tmp_path: Path) -> None:
    mother = visit("tran.van.hung", width=320)
    mother.go(f"/file/{ways.BIRTH}/")
    mother.press("Begin")
    draft = mother.page.url.rsplit("/form/", 1)[0]
    mother.go(f"{draft}/form/child/")
    mother.fill(child_name="Trần Bé", child_birth="32/13/2026")
    mother.press("Save and go on")
    mother.page.get_by_role("alert").first.wait_for()
    assert mother.page.locator('[name="child_birth"]').input_value() == "32/13/2026"
    wrong = tmp_path / "giay.pdf"
    wrong.write_bytes(b"MZ" + bytes(4000))  # a program with another name
    mother.go(f"{draft}/papers/")
    add = mother.page.get_by_role("button", name="Add this file")
    form = mother.page.locator("main form", has=add).first
    form.locator('input[type="file"]').first.set_input_files(str(wrong))
    with mother.page.expect_navigation():
        form.get_by_role("button", name="Add this file").click()
    mother.page.get_by_role("alert").first.wait_for()
    mother.look()


def test_everything_works_without_scripts(visit: Visit) -> None:
    mother = visit("chiu.sang.mui", width=360, java_script_enabled=False)
    mother.go("/")
    mother.page.locator("#find-q").fill("khai sinh")
    mother.press("Search")
    mother.follow("Thủ tục đăng ký khai sinh")
    ways.declare_birth(mother, "Chíu Văn Nam")
    mother.follow("Go on to the review")
    code = ways.send(mother)
    mother.go("/")
    mother.page.locator('main [name="code"]').fill(code)
    mother.page.locator('main [name="code"]').press("Enter")
    mother.says("Newly filed")
