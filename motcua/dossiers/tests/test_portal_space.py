"""A person's own dossiers: what is shown to whom, supplement, withdrawal, rating, papers, and the public look-up."""

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

from motcua.catalogue.models import Procedure
from motcua.documents import queries as documents
from motcua.documents import services as documents_services
from motcua.documents.enums import Kind
from motcua.documents.models import Document, Verification
from motcua.documents.tests.factories import pdf
from motcua.dossiers import services as dossiers
from motcua.dossiers.enums import Receiver, State
from motcua.dossiers.models import Dossier, Rating
from motcua.dossiers.tests.factories import MONDAY, World, accepted, at, at_step, office_day, submitted
from motcua.dossiers.views.supplement import HELD
from motcua.identity.models import AccessEntry
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role
from motcua.payments import services as payments
from motcua.payments.enums import Method
from motcua.workflow.enums import StepKind

ITEMS = ["Giấy chứng sinh, bản rõ", "Căn cước của người cha"]


@pytest.fixture
def here(db: None, settings: Any) -> Iterator[World]:
    with office_day() as made:
        yield made


@pytest.fixture
def asked(here: World) -> Dossier:
    made = submitted(here)
    return dossiers.request_supplement(
        dossier_id=made.pk, items=ITEMS, reason="Ảnh bị mờ.", actor=here.actor(Role.RECEPTION), now=MONDAY
    )


def visitor() -> Client:
    """Somebody who reads English and has not signed in."""
    return Client(headers={"accept-language": "en"})


def client_of(here: World) -> Client:
    return people.sign_in(visitor(), here.citizen_account)


def url(name: str, dossier: Dossier, *args: Any) -> str:
    return reverse(f"dossiers:{name}", args=[dossier.pk, *args])


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def act(dossier: Dossier, **fields: Any) -> dict[str, Any]:
    return {"key": uuid4(), "expected": Dossier.objects.get(pk=dossier.pk).version, **fields}


def file(name: str = "giay.pdf", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf() if content is None else content)


def resolved(here: World) -> Dossier:
    made = at_step(here, StepKind.CLERK.value)
    return dossiers.issue(
        dossier_id=made.pk, symbol="TLKS", opens_register=True, actor=here.actor(Role.CLERK), now=MONDAY
    )


def test_the_status_page_tells_state_date_and_story(here: World) -> None:
    dossier = accepted(here)
    text = read(client_of(here), url("status", dossier))
    for words in (
        dossier.code or "",
        "Nothing to do for you now",
        "How this time is counted",
        "The dossier was accepted.",
    ):
        assert words in text
    assert "Withdraw the dossier" in text
    assert "How was the service?" not in text


def test_a_new_dossier_nobody_looked_at_in_time_is_called_late_everywhere(here: World) -> None:
    dossier = submitted(here)
    look_up = f"{reverse('dossiers:track')}?code={dossier.tracking_code}"
    pages = [url("status", dossier), look_up, reverse("doors:space")]
    in_time = [read(client_of(here), page) for page in pages]
    assert "you are told whether it is complete" in in_time[0]
    assert "To be looked at by" in in_time[1]
    assert "An officer checks it by" in in_time[2]
    assert client_of(here).get(url("filed", dossier)).status_code == 200
    with time_machine.travel(MONDAY + timedelta(days=3), tick=False):
        late = [read(client_of(here), page) for page in pages]
        assert "An officer should have looked at it by" in late[0]
        assert "We are late" in late[0]
        assert "Should have been looked at by" in late[1]
        assert "An officer should have checked it by" in late[2]
        assert all("Late" in text for text in late)
        assert client_of(here).get(url("filed", dossier))["Location"] == url("status", dossier)


def test_the_confirmation_gives_way_to_the_status_once_it_is_accepted(here: World) -> None:
    dossier = accepted(here)
    assert client_of(here).get(url("filed", dossier))["Location"] == url("status", dossier)


@pytest.mark.parametrize("name", ["status", "filed", "slip", "supplement"])
def test_strangers_do_not_find_it_and_visitors_sign_in(here: World, name: str) -> None:
    dossier = accepted(here)
    assert people.sign_in(visitor(), people.account()).get(url(name, dossier)).status_code == 404
    assert visitor().get(url(name, dossier)).status_code == 302


@pytest.mark.parametrize("name", ["withdraw", "rate", "supplement"])
def test_strangers_cannot_act(here: World, name: str) -> None:
    dossier = accepted(here)
    stranger = people.sign_in(visitor(), people.account())
    assert stranger.post(url(name, dossier), act(dossier, reason="x", score=5)).status_code == 404
    assert Dossier.objects.get().state == State.ACCEPTED


def test_an_officer_is_not_an_applicant(here: World) -> None:
    dossier = accepted(here)
    officer = people.sign_in(visitor(), here.staff[Role.RECEPTION])
    assert officer.get(url("status", dossier)).status_code == 404


def test_the_owner_is_told_who_looked(here: World) -> None:
    child = people.child(here.citizen)
    dossier = accepted(here, owner_person_id=child.pk, owner_name=child.full_name)
    read(client_of(here), url("status", dossier))
    entry = AccessEntry.objects.get(person_id=child.pk)
    assert (entry.subject_id, entry.account_id) == (dossier.pk, here.citizen_account.pk)


def test_the_slip_is_made_once_and_can_be_verified(here: World) -> None:
    dossier, client = accepted(here), client_of(here)
    first = client.get(url("slip", dossier))
    assert first["Content-Type"] == "application/pdf"
    client.get(url("slip", dossier))
    assert documents.documents_of(dossiers.OWNER, dossier.pk).count() == 1
    assert Verification.objects.get().reference == dossier.code
    assert client.get(url("own_print", dossier, "result")).status_code == 404
    assert client.get(url("own_print", dossier, "control")).status_code == 404


def test_the_result_is_there_once_it_is_issued(here: World) -> None:
    early = at_step(here, StepKind.CLERK.value)
    client = client_of(here)
    assert client.get(url("own_print", early, "result")).status_code == 404
    assert "The result is here" not in read(client, url("status", early))
    done = dossiers.issue(
        dossier_id=early.pk, symbol="TLKS", opens_register=True, actor=here.actor(Role.CLERK), now=MONDAY
    )
    assert "The result is here" in read(client, url("status", done))
    assert client.get(url("own_print", done, "result"))["Content-Type"] == "application/pdf"


def test_a_result_is_not_given_away_while_its_fee_is_to_pay(here: World) -> None:
    done = at_step(here, StepKind.RETURN.value)
    payments.raise_charges(
        subject_id=done.pk, subject_code=done.code or "", agency_id=here.centre.pk,
        lines=[payments.Line("le_phi", "Lệ phí hộ tịch", 8_000, "Nghị quyết 62", True)], now=MONDAY,
    )  # fmt: skip
    client = client_of(here)
    page = read(client, url("status", done))
    assert "the fee is still to pay" in page
    assert "8,000" in page
    assert url("own_print", done, "result") not in page
    assert client.get(url("own_print", done, "result")).status_code == 404
    dossiers.record_payment(
        dossier_id=done.pk, method=Method.CASH, receipt_number="1", actor=here.actor(Role.RECEPTION), now=MONDAY
    )
    assert url("own_print", done, "result") in read(client, url("status", done))
    assert client.get(url("own_print", done, "result")).status_code == 200


def test_a_result_of_another_system_is_opened_once_it_is_recorded(here: World) -> None:
    Procedure.objects.update(issuing_system="civil_status")
    dossier = at_step(here, StepKind.APPRAISE.value)
    handler, client = here.actor(Role.HANDLER), client_of(here)
    paper = documents_services.store(
        upload=pdf(), name="ket-qua.pdf", owner_kind="dossiers.desk", owner_id=dossier.pk, kind=Kind.RESULT,
        actor=handler, now=MONDAY,
    )  # fmt: skip
    assert client.get(url("own_file", dossier, paper.pk)).status_code == 404
    dossiers.record_result(
        dossier_id=dossier.pk, system="Hộ tịch điện tử", title="Giấy khai sinh", symbol="12/KS", actor=handler,
        issued_on=MONDAY.date(), document_id=paper.pk, files_from=("dossiers.desk", dossier.pk), now=MONDAY,
    )  # fmt: skip
    assert url("own_file", dossier, paper.pk) in read(client, url("status", dossier))
    assert client.get(url("own_file", dossier, paper.pk)).status_code == 200
    assert client.get(url("own_print", dossier, "result")).status_code == 404


def test_a_representative_follows_the_dossier_of_the_business(here: World) -> None:
    boss = people.person("Lê Thị Mai")
    firm = people.business(boss)
    dossier = accepted(here, owner_person_id=None, owner_business_id=firm.pk, owner_name=firm.name)
    client = people.sign_in(visitor(), people.account(boss))
    assert dossier.code in read(client, reverse("dossiers:own"))
    assert "Withdraw the dossier" in read(client, url("status", dossier))


def test_the_supplement_is_answered_with_files_and_words(here: World, asked: Dossier) -> None:
    client = client_of(here)
    assert "We need something from you" in read(client, url("status", asked))
    assert "These wait for you" in read(client, reverse("dossiers:own"))
    assert ITEMS[0] in read(client, url("supplement", asked))
    answer = client.post(url("supplement", asked), act(asked, file_0=file(), answer="Đã chụp lại."))
    assert answer["Location"] == url("status", asked)
    dossier = Dossier.objects.get()
    assert dossier.state == State.NEW
    paper = dossier.papers.get(document_id__isnull=False)
    assert (paper.name, paper.document_name) == (ITEMS[0], "giay.pdf")
    assert client.get(url("own_file", dossier, paper.document_id)).status_code == 200
    assert client.get(url("supplement", dossier)).status_code == 302


def test_a_refused_file_of_the_answer_keeps_the_good_one_and_the_words(here: World, asked: Dossier) -> None:
    client = client_of(here)
    data = act(asked, file_0=file(), file_1=file("hong.pdf", b"%PDF-1.4 broken"), answer="Đã chụp lại.")
    answer = client.post(url("supplement", asked), data)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "damaged" in text
    assert "Đã chụp lại." in text
    assert "giay.pdf" in text
    assert Dossier.objects.get().state == State.SUPPLEMENT
    client.post(url("supplement", asked), act(asked, answer="Đã chụp lại."))
    assert Dossier.objects.get().papers.get(document_id__isnull=False).document_name == "giay.pdf"


def test_an_empty_answer_is_refused_and_kept_files_can_be_taken_out(here: World, asked: Dossier) -> None:
    client = client_of(here)
    empty = client.post(url("supplement", asked), act(asked))
    assert empty.status_code == 409
    assert "Add a file or write an answer" in empty.content.decode()
    kept = client.post(url("supplement", asked), act(asked, file_0=file(), keep="1", answer="Gửi sau."))
    assert "Gửi sau." in kept.content.decode()
    [held] = documents.documents_of(HELD, asked.pk)
    assert Dossier.objects.get().state == State.SUPPLEMENT
    client.post(url("supplement", asked), {"remove": held.pk})
    client.post(url("supplement", asked), {"remove": "nonsense"})
    assert not Document.objects.filter(pk=held.pk).exists()


def test_an_answer_to_an_older_page_is_a_conflict_that_keeps_the_words(here: World, asked: Dossier) -> None:
    data = act(asked, answer="Đã chụp lại.", expected=1)
    answer = client_of(here).post(url("supplement", asked), data)
    assert answer.status_code == 409
    assert "changed while you were working" in answer.content.decode()
    assert "Đã chụp lại." in answer.content.decode()
    assert f'name="expected" value="{asked.version}"' in answer.content.decode()
    again = client_of(here).post(url("supplement", asked), act(asked, answer="Đã chụp lại."))
    assert again.status_code == 302


def test_withdrawal_needs_a_reason_and_happens_once(here: World) -> None:
    dossier, client = accepted(here), client_of(here)
    empty = client.post(url("withdraw", dossier), act(dossier, reason=""))
    assert empty.status_code == 422
    assert '<details class="mc-details" open>' in empty.content.decode()
    data = act(dossier, reason="Tôi nộp nhầm.")
    assert client.post(url("withdraw", dossier), data)["Location"] == url("status", dossier)
    assert client.post(url("withdraw", dossier), data)["Location"] == url("status", dossier)
    assert Dossier.objects.get().state == State.WITHDRAWN
    text = read(client, url("status", dossier))
    assert "Tôi nộp nhầm." in text
    assert "File again" in text
    assert "Result due" not in text
    assert client.get(url("own_print", dossier, "stop")).status_code == 200


def test_a_stale_withdrawal_is_told_and_can_be_repeated(here: World) -> None:
    dossier, client = accepted(here), client_of(here)
    stale = client.post(url("withdraw", dossier), act(dossier, reason="Tôi nộp nhầm.", expected=1))
    text = stale.content.decode()
    assert stale.status_code == 409
    assert "Tôi nộp nhầm." in text
    assert f'name="expected" value="{dossier.version}"' in text


def test_the_service_is_rated_once(here: World) -> None:
    dossier, client = resolved(here), client_of(here)
    assert "How was the service?" in read(client, url("status", dossier))
    nothing = client.post(url("rate", dossier), act(dossier, comment="Nhanh"))
    assert nothing.status_code == 422
    assert "Nhanh" in nothing.content.decode()
    client.post(url("rate", dossier), act(dossier, score="5", comment="Nhanh"))
    assert Rating.objects.get().score == 5
    assert "You rated this service" in read(client, url("status", dossier))
    assert client.post(url("rate", dossier), act(dossier, score="1")).status_code == 409
    assert Rating.objects.get().score == 5


def test_a_handed_over_dossier_shows_its_record(here: World) -> None:
    dossier = resolved(here)
    dossiers.hand_over(
        dossier_id=dossier.pk, receiver=Receiver.OWNER, receiver_name=here.citizen.full_name, signed_for="ký nhận",
        actor=here.actor(Role.RECEPTION), now=at(24),
    )  # fmt: skip
    assert "Hand-over record" in read(client_of(here), url("status", dossier))


def test_a_file_of_another_dossier_is_not_served(here: World) -> None:
    mine, other = accepted(here), accepted(here)
    client = client_of(here)
    client.get(url("slip", other))
    slip = documents.documents_of(dossiers.OWNER, other.pk).get()
    assert client.get(url("own_file", mine, slip.pk)).status_code == 404


def test_the_list_shows_what_is_open_or_ended(here: World) -> None:
    client = client_of(here)
    assert "You have not filed anything yet" in read(client, reverse("dossiers:own"))
    first, second = submitted(here), submitted(here)
    dossiers.withdraw(dossier_id=second.pk, reason="Nhầm.", actor=here.actor("citizen"), now=MONDAY)
    under_way, ended = (read(client, reverse("dossiers:own") + f"?show={show}") for show in ("open", "ended"))
    assert first.tracking_code in under_way
    assert second.tracking_code not in under_way
    assert second.tracking_code in ended


def test_the_list_and_the_page_cost_a_constant_number_of_queries(here: World) -> None:
    client = client_of(here)
    dossier = accepted(here)
    client.get(reverse("dossiers:own"))
    client.get(url("status", dossier))
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("dossiers:own"))
            client.get(url("status", dossier))
        counts.append(len(queries))
        for _more in range(6):
            submitted(here)
    assert counts[0] == counts[1]


def test_every_form_of_the_pages_carries_its_token(here: World, asked: Dossier) -> None:
    done = resolved(here)
    client = client_of(here)
    pages = [url("status", asked), url("supplement", asked), url("status", done)]
    for address in pages:
        text = read(client, address)
        assert text.count('method="post"') == text.count("csrfmiddlewaretoken"), address


def test_the_look_up_shows_code_and_progress_and_nobody(here: World) -> None:
    dossier = at_step(here, StepKind.APPRAISE.value)
    for code in (dossier.code or "", dossier.tracking_code, dossier.tracking_code.lower().replace("-", "")):
        text = read(visitor(), reverse("dossiers:track") + f"?code={code}")
        assert dossier.code or "" in text
        assert "steps done" in text
        for secret in (here.citizen.full_name, "0912345678", "Cán bộ", "khai sinh"):
            assert secret not in text


def test_the_look_up_of_nothing(here: World) -> None:
    submitted(here)
    track = reverse("dossiers:track")
    assert "mc-error-summary" not in read(visitor(), track)
    unknown = visitor().get(track + "?code=H49.51.01-200101-0001")
    assert unknown.status_code == 404
    assert "No dossier has this code" in unknown.content.decode()
    assert "Fill in" in visitor().get(track + "?code=").content.decode()
