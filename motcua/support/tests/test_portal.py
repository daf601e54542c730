"""What reporters see and do: writing, following, replying, rating, sending again; what everybody may read."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.documents import queries as documents
from motcua.documents.tests.factories import pdf
from motcua.dossiers.tests.factories import submitted
from motcua.identity.tests import factories as people
from motcua.kernel.actor import ANONYMOUS
from motcua.support import services as support
from motcua.support.enums import About, State
from motcua.support.models import Feedback
from motcua.support.tests.factories import ANSWER, MONDAY, TEXT, Place, answered, place, send

NAMELESS = {"name": "Bà Tư", "phone": "0912 345 678"}


@pytest.fixture
def here(db: None) -> Iterator[Place]:
    with time_machine.travel(MONDAY, tick=False):
        yield place()


def visitor() -> Client:
    return Client(headers={"accept-language": "en"})


def citizen(here: Place) -> Client:
    return people.sign_in(visitor(), here.world.citizen_account)


def letter(**changes: Any) -> dict[str, Any]:
    return {"key": uuid4(), "about": "conduct", "subject": "Chờ lâu", "text": TEXT, "agency": "", **changes}


def read(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.status_code
    return str(answer.content.decode())


def url(name: str, case: Feedback, *more: Any) -> str:
    return reverse(f"support:{name}", args=[case.pk, *more])


def scan() -> SimpleUploadedFile:
    return SimpleUploadedFile("anh.pdf", pdf())


def publish(here: Place, case: Feedback, **parts: str) -> Feedback:
    words = {"subject": case.subject, "text": TEXT, "answer": ANSWER, **parts}
    return support.publish(feedback_id=case.pk, actor=here.actor("leader"), now=MONDAY, **words)


# ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_person_writes_and_finds_the_case_in_their_space(here: Place) -> None:
    client = citizen(here)
    page = read(client, reverse("support:new"))
    assert 'name="phone"' not in page
    answer = client.post(reverse("support:new"), letter(agency=here.commune.pk, may_publish="on", file_1=scan()))
    case = Feedback.objects.get()
    assert answer["Location"] == url("case", case)
    assert (case.agency, case.may_publish, case.person) == (here.commune, True, here.world.citizen)
    page = read(client, url("case", case))
    assert case.code in page
    assert "anh.pdf" in page
    assert case.subject in read(client, reverse("support:own"))


def test_a_stranger_writes_with_a_contact_and_comes_back_with_the_code(here: Place) -> None:
    client = visitor()
    page = read(client, reverse("support:new"))
    assert 'name="phone"' in page
    assert client.post(reverse("support:new"), letter()).status_code == 409
    assert client.post(reverse("support:new"), letter(**NAMELESS)).status_code == 302
    case = Feedback.objects.get()
    assert "Bà Tư" not in read(client, url("case", case))
    assert TEXT in read(client, url("case", case))
    later = visitor()
    assert later.get(url("case", case)).status_code == 404
    opened = later.post(reverse("support:open"), {"code": case.code, "contact": "+84912345678"})
    assert opened["Location"] == url("case", case)
    assert TEXT in read(later, url("case", case))


def test_the_pass_ends_after_an_hour_and_cannot_be_made_up(here: Place) -> None:
    client = visitor()
    client.post(reverse("support:new"), letter(**NAMELESS))
    case = Feedback.objects.get()
    with time_machine.travel(MONDAY + timedelta(minutes=61), tick=False):
        assert client.get(url("case", case)).status_code == 404
    forged = visitor()
    forged.cookies["motcua_feedback"] = str(case.pk)
    assert forged.get(url("case", case)).status_code == 404


def test_the_pass_is_for_one_case(here: Place) -> None:
    client, other = visitor(), send(here, actor=ANONYMOUS, phone="0987654321")
    client.post(reverse("support:new"), letter(**NAMELESS))
    assert client.get(url("case", other)).status_code == 404


def test_wrong_contacts_are_told_and_then_shut_out(here: Place) -> None:
    case, client = send(here, actor=ANONYMOUS, **NAMELESS), visitor()
    wrong = {"code": case.code, "contact": "0900000000"}
    answers = [client.post(reverse("support:open"), wrong) for _ in range(6)]
    assert [one.status_code for one in answers] == [422] * 5 + [409]
    assert client.post(reverse("support:open"), {"code": "", "contact": ""}).status_code == 422


def test_a_refused_form_loses_neither_words_nor_files(here: Place) -> None:
    client, form = citizen(here), letter(about="dossier", dossier_code="nichts", file_1=scan())
    answer = client.post(reverse("support:new"), form)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "None of your dossiers has this code" in page
    assert TEXT in page
    assert "anh.pdf" in page
    again = client.post(reverse("support:new"), letter(key=form["key"], about="conduct"))
    assert again.status_code == 302
    assert [one.name for one in documents.documents_of(support.OWNER, Feedback.objects.get().pk)] == ["anh.pdf"]


def test_a_file_that_is_none_is_refused_beside_its_field(here: Place) -> None:
    bad = SimpleUploadedFile("anh.pdf", b"MZ no pdf at all")
    answer = citizen(here).post(reverse("support:new"), letter(file_1=bad))
    assert answer.status_code == 422
    assert "file_1" in answer.context["form"].errors


def test_the_dossier_s_page_leads_here_with_its_code(here: Place) -> None:
    dossier, client = submitted(here.world), citizen(here)
    page = read(client, reverse("dossiers:status", args=[dossier.pk]))
    href = f"{reverse('support:new')}?dossier={dossier.tracking_code}"
    assert href in page
    form = client.get(href).context["form"]
    assert (form.initial["dossier_code"], form.initial["about"]) == (dossier.tracking_code, About.DOSSIER)
    client.post(href, letter(about="complaint", dossier_code=dossier.tracking_code))
    case = Feedback.objects.get()
    assert (case.kind, case.dossier, case.agency) == ("complaint", dossier, here.world.committee)


def test_sent_again(here: Place) -> None:
    case, client = answered(here), citizen(here)
    href = f"{reverse('support:new')}?repeats={case.pk}"
    assert href in read(client, url("case", case))
    assert case.code in read(client, href)
    assert client.post(href, letter()).status_code == 302
    assert Feedback.objects.get(repeats=case).agency == here.commune
    assert href not in read(client, url("case", case))
    assert visitor().get(href).status_code == 404
    assert client.get(f"{reverse('support:new')}?repeats=x").status_code == 404


# ── following ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_code_alone_shows_no_personal_data(here: Place) -> None:
    case = send(here)
    page = read(visitor(), f"{reverse('support:track')}?code={case.code.lower()}")
    assert here.commune.name in page
    for hidden in (case.subject, TEXT, here.world.citizen.full_name, str(case.phone or "0912345678")):
        assert hidden not in page
    read(visitor(), f"{reverse('support:track')}?code=AAAA-AAAA-A", status=404)
    read(visitor(), reverse("support:track"))


def test_nobody_else_reads_a_person_s_case(here: Place) -> None:
    case, stranger = answered(here), people.sign_in(visitor(), people.account())
    for name in ("case", "reply", "rate"):
        for client in (visitor(), stranger):
            ask = client.get if name == "case" else client.post
            assert ask(url(name, case)).status_code == 404


def test_a_file_is_for_its_reporter(here: Place) -> None:
    client = citizen(here)
    client.post(reverse("support:new"), letter(file_1=scan()))
    case = Feedback.objects.get()
    document = documents.documents_of(support.OWNER, case.pk).get()
    assert client.get(url("file", case, document.pk)).status_code == 200
    assert client.get(url("file", case, uuid4())).status_code == 404
    assert visitor().get(url("file", case, document.pk)).status_code == 404


def test_a_reply_with_a_file(here: Place) -> None:
    case, client = send(here), citizen(here)
    support.ask(feedback_id=case.pk, what="Quầy nào, mấy giờ?", actor=here.actor("reception"), now=MONDAY)
    assert "Quầy nào, mấy giờ?" in read(client, url("case", case))
    form = {"key": uuid4(), "expected": 2, "reply": ""}
    assert client.post(url("reply", case), form).status_code == 409
    assert client.post(url("reply", case), {**form, "expected": 1, "reply": "Quầy 2"}).status_code == 409
    assert client.post(url("reply", case), {**form, "reply": "Quầy 2", "file_1": scan()}).status_code == 302
    case = Feedback.objects.get()
    assert case.state == State.IN_PROGRESS
    page = read(client, url("case", case))
    assert "Quầy 2" in page
    assert "anh.pdf" in page


def test_rated_once_on_the_page(here: Place) -> None:
    case, client = answered(here), citizen(here)
    assert ANSWER in read(client, url("case", case))
    form = {"key": uuid4(), "expected": case.version, "opinion": "Cảm ơn"}
    assert client.post(url("rate", case), form).status_code == 422
    assert client.post(url("rate", case), {**form, "is_liked": "yes"}).status_code == 302
    assert "You said that the answer helped." in read(client, url("case", case))
    again = {**form, "key": uuid4(), "expected": case.version + 1, "is_liked": "no"}
    assert client.post(url("rate", case), again).status_code == 409


def test_what_only_the_office_may_read_stays_there(here: Place) -> None:
    case = answered(here)
    support.hold_back(feedback_id=case.pk, reason="Chỉ cho nội bộ.", actor=here.actor("leader"), now=MONDAY)
    assert "Chỉ cho nội bộ." not in read(citizen(here), url("case", case))


# ── for everybody ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_published_answers_are_found_without_accents(here: Place) -> None:
    case = publish(here, answered(here))
    publish(here, answered(here, subject="Sai tên đường"), text="Bảng tên đường viết sai chính tả.")
    page = read(visitor(), f"{reverse('support:about')}?q=cho+goi+so")
    assert "Chờ lâu ở quầy" in page
    assert "Sai tên đường" not in page
    assert "Try fewer words" in read(visitor(), f"{reverse('support:about')}?q=zzzz")
    page = read(visitor(), reverse("support:answer", args=[case.published.pk]))
    assert TEXT in page
    assert here.world.citizen.full_name not in page
    read(visitor(), reverse("support:answer", args=[uuid4()]), status=404)


def test_how_it_works_names_the_days_of_the_law(here: Place) -> None:
    page = read(visitor(), reverse("support:about"))
    assert "Within 2 working days the agency" in page
    assert "You get the answer within 15 working days." in page


def statements(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_lists_cost_the_same_at_one_and_at_twelve(here: Place) -> None:
    publish(here, answered(here))
    client, own, about = citizen(here), reverse("support:own"), reverse("support:about")
    before = statements(client, own), statements(visitor(), about)
    for day in range(1, 12):
        publish(here, answered(here, MONDAY - timedelta(days=2 * day)))
    assert (statements(client, own), statements(visitor(), about)) == before
    page = client.get(about)
    assert page.context["page"].next
    assert page.context["page"].rows[0].published_at >= page.context["page"].rows[-1].published_at
