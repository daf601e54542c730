"""Hand-over at the counter: found, paid, given, signed for; and what waits to be collected."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.documents.models import Verification
from motcua.dossiers import services
from motcua.dossiers.enums import Receiver, State
from motcua.dossiers.models import Dossier, HandOver
from motcua.dossiers.services import PaperIn
from motcua.dossiers.tests.factories import MONDAY, World, accepted, at, at_step, office_day
from motcua.identity.models import AccessEntry
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role
from motcua.payments import queries as payments

FIND = "/office/counter/handover/"


@pytest.fixture
def here(db: None, settings: Any, tmp_path: Any) -> Iterator[World]:
    settings.BLOBS = tmp_path
    with office_day(at(24)) as made:
        yield made


def desk(here: World, role: Role = Role.RECEPTION) -> Client:
    return people.sign_in(Client(), here.staff[role])


def ready(here: World, now: Any = MONDAY, **changes: Any) -> Dossier:
    made = at_step(here, "clerk", now, **changes)
    return services.issue(dossier_id=made.pk, symbol="TLKS", opens_register=True, actor=here.actor(Role.CLERK), now=now)


def one(dossier: Dossier) -> str:
    return reverse("dossiers:handover_one", args=[dossier.pk])


def give(client: Client, dossier: Dossier, **fields: Any) -> Any:
    version = Dossier.objects.get(pk=dossier.pk).version
    data = {
        "key": uuid4(), "expected": version, "receiver": "owner", "receiver_paper": "căn cước …9044",
        "signed": "record", **fields,
    }  # fmt: skip
    return client.post(one(dossier), data)


def test_the_cast(here: World) -> None:
    dossier = ready(here)
    for url in (FIND, one(dossier), "/office/counter/uncollected/"):
        assert Client().get(url).status_code == 302
        assert people.sign_in(Client(), here.citizen_account).get(url).status_code == 403
        assert desk(here, Role.CLERK).get(url).status_code == 403
        assert desk(here).get(url).status_code == 200
    stranger = people.officer(Role.RECEPTION, of=people.agency("H49.99", kind="centre"))
    assert people.sign_in(Client(), stranger).get(one(dossier)).status_code == 404
    beside = people.officer(Role.RECEPTION, of=here.committee)  # sees it, but it was received at the centre
    assert people.sign_in(Client(), beside).get(one(dossier)).status_code == 403


@pytest.mark.parametrize("typed", ["{code}", "{track}", "{slip}", "{number}", "{card}", "nguyen hanh", "{tracking}"])
def test_found_by_what_people_bring(here: World, typed: str) -> None:
    dossier = ready(here)
    client, number = desk(here), here.citizen.id_number
    b"".join(client.get(reverse("dossiers:print_form", args=[dossier.pk, "slip"])))
    slip = Verification.objects.get(subject_id=dossier.pk).code
    words = typed.format(
        code=dossier.code, tracking=dossier.tracking_code, number=number, card=f"{number}||Nguyễn Thị Hạnh|02011961",
        slip=f"https://dvc.example/verify/{slip}/", track=f"https://dvc.example/track/?code={dossier.code}",
    )  # fmt: skip
    answer = client.post(FIND, {"q": words})
    assert answer.status_code == 302
    assert answer["Location"] == one(dossier)


def test_what_is_not_ready_is_listed_with_its_date(here: World) -> None:
    running, done = accepted(here), ready(here)
    text = desk(here).post(FIND, {"q": "hạnh"}).content.decode()
    assert text.index(one(done)) < text.index(running.code or "")
    assert reverse("dossiers:case", args=[running.pk]) in text
    assert "mc-empty" in desk(here).post(FIND, {"q": "Không Ai Cả"}).content.decode()
    assert "mc-error-summary" in desk(here).post(FIND, {"q": " "}).content.decode()


def test_into_the_owners_hands(here: World) -> None:
    dossier, client = ready(here), desk(here)
    paper = dossier.papers.get()
    page = client.get(one(dossier))
    assert paper.name in page.content.decode()
    assert give(client, dossier, returned=[str(paper.pk)], is_slip_lost="on").status_code == 302
    done = HandOver.objects.get()
    assert (done.receiver, done.receiver_name, done.is_slip_lost) == (Receiver.OWNER, dossier.owner_name, True)
    assert done.signed_for
    paper.refresh_from_db()
    assert paper.returned_at
    after = client.get(one(dossier)).content.decode()
    assert reverse("dossiers:print_form", args=[dossier.pk, "handover"]) in after
    assert "<svg" in after
    record = client.get(reverse("dossiers:print_form", args=[dossier.pk, "handover"]))
    assert b"".join(record).startswith(b"%PDF")


def test_a_representative_shows_a_paper(here: World) -> None:
    dossier, client = ready(here), desk(here)
    nameless = give(client, dossier, receiver="representative")
    assert nameless.status_code == 422
    assert "receiver_name" in nameless.context["form"].errors
    bare = give(client, dossier, receiver="representative", receiver_name="Trần Văn Đại")
    assert bare.status_code == 422
    assert "authority" in bare.context["form"].errors
    assert "Trần Văn Đại" in bare.content.decode()
    fields = {"receiver": "representative", "receiver_name": "Trần Văn Đại", "authority": "Giấy ủy quyền số 12"}
    assert give(client, dossier, **fields).status_code == 302
    assert HandOver.objects.get().authority == "Giấy ủy quyền số 12"


def test_a_name_typed_for_a_representative_is_not_the_owners(here: World) -> None:
    dossier = ready(here)
    assert give(desk(here), dossier, receiver_name="Trần Văn Đại", authority="Giấy").status_code == 302
    done = HandOver.objects.get()
    assert (done.receiver_name, done.authority) == (dossier.owner_name, "")


@pytest.mark.parametrize("missing", ["receiver_paper", "signed"])
def test_a_refused_form_keeps_what_was_typed(here: World, missing: str) -> None:
    dossier = ready(here)
    fields = {"receiver": "representative", "receiver_name": "Trần Văn Đại", "authority": "Giấy số 9", missing: ""}
    answer = give(desk(here), dossier, **fields)
    assert answer.status_code == 422
    assert missing in answer.context["form"].errors
    assert "Giấy số 9" in answer.content.decode()
    assert Dossier.objects.get(pk=dossier.pk).state == State.RESOLVED


def test_sent_twice_is_one_hand_over(here: World) -> None:
    dossier, key, client = ready(here), uuid4(), desk(here)
    version = dossier.version
    assert give(client, dossier, key=key, expected=version).status_code == 302
    assert give(client, dossier, key=key, expected=version).status_code == 302
    assert HandOver.objects.count() == 1


def test_the_slower_officer_is_told_and_may_send_again(here: World) -> None:
    dossier, client = ready(here), desk(here)
    answer = give(client, dossier, expected=dossier.version - 1)
    assert answer.status_code == 409
    form = answer.context["form"]
    assert form.non_field_errors()
    assert form["receiver_paper"].value() == "căn cước …9044"
    assert str(form["expected"].value()) == str(dossier.version)
    assert not HandOver.objects.exists()


def test_unpaid_comes_first(db: None, settings: Any) -> None:
    with office_day(fee=8000) as here:
        dossier, client = ready(here), desk(here)
        page = client.get(one(dossier))
        assert page.context["form"] is None
        assert "8,000" in page.content.decode()
        assert give(client, dossier).status_code == 409
        data = {"key": uuid4(), "expected": dossier.version, "method": "cash", "back": "handover"}
        url = reverse("dossiers:pay", args=[dossier.pk])
        refused = client.post(url, data)
        assert refused.status_code == 422
        assert "receipt_number" in refused.context["payment"].errors
        stale = client.post(url, {**data, "receipt_number": "BL-1", "expected": dossier.version - 1})
        assert stale.status_code == 409
        assert "BL-1" in stale.content.decode()
        paid = client.post(url, {**data, "receipt_number": "BL-1"})
        assert paid["Location"] == one(dossier)
        assert payments.due_amount(dossier.pk) == 0
        assert client.get(one(dossier)).context["form"]
        assert give(client, dossier).status_code == 302


def test_nothing_to_hand_over_yet(here: World) -> None:
    dossier = accepted(here)
    page = desk(here).get(one(dossier))
    assert page.context["form"] is None
    assert page.status_code == 200
    assert give(desk(here), dossier).status_code == 409


def test_looking_is_written_down(here: World) -> None:
    dossier = ready(here)
    text = desk(here).get(one(dossier)).content.decode()
    assert here.citizen.id_number not in text
    assert AccessEntry.objects.get().purpose == "hand_over"


def test_a_business_takes_with_somebodys_hands(here: World) -> None:
    company = people.business(here.citizen)
    dossier = ready(here, owner_person_id=None, owner_business_id=company.pk, owner_name=company.name)
    answer = give(desk(here), dossier)
    assert "receiver_name" in answer.context["form"].errors
    assert give(desk(here), dossier, receiver_name="Nguyễn Thị Hạnh").status_code == 302
    assert HandOver.objects.get().receiver_name == "Nguyễn Thị Hạnh"


def test_uncollected_oldest_first_with_days_and_telephone(here: World) -> None:
    late, early = ready(here, at(23)), ready(here, at(16))
    accepted(here)
    page = desk(here).get(reverse("dossiers:uncollected"))
    assert [(row["dossier"].pk, row["days"]) for row in page.context["rows"]] == [(early.pk, 8), (late.pk, 1)]
    assert "tel:0912345678" in page.content.decode()


def test_lists_cost_the_same_at_one_and_at_twenty(here: World) -> None:
    client = desk(here)

    def cost() -> list[int]:
        counts = []
        for call in (lambda: client.get(reverse("dossiers:uncollected")), lambda: client.post(FIND, {"q": "nguyễn"})):
            with CaptureQueriesContext(connection) as queries:
                assert call().status_code == 200
            counts.append(len(queries))
        return counts

    accepted(here)
    ready(here)
    cost()
    few = cost()
    for _ in range(6):
        ready(here)
    assert cost() == few


def test_the_page_costs_the_same_whatever_the_papers(here: World) -> None:
    client = desk(here)

    def cost(papers: int) -> int:
        dossier = ready(here, papers=tuple(PaperIn(f"Giấy {n}", originals=1) for n in range(papers)))
        with CaptureQueriesContext(connection) as queries:
            client.get(one(dossier))
        return len(queries)

    cost(1)
    assert cost(1) == cost(12)
