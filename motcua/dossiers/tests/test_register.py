"""The outgoing register: which sign a result takes its number from, and what opens a new count."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.dossiers import services
from motcua.dossiers.enums import ResultKind, State
from motcua.dossiers.models import Dossier, Register
from motcua.dossiers.services.prints import _initials
from motcua.dossiers.tests.factories import MONDAY, World, at, at_step, draft, office_day
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role
from motcua.kernel.errors import Refused
from motcua.places.models import Agency

DAY = MONDAY.date()


@pytest.fixture
def here(db: None, settings: Any) -> Iterator[World]:
    with office_day() as made:
        yield made


def read(dossier: Dossier) -> Dossier:
    return Dossier.objects.select_related("result", "competent_agency", "procedure").get(pk=dossier.pk)


def issue(here: World, symbol: str, **more: Any) -> Dossier:
    made = at_step(here, "clerk")
    return services.issue(dossier_id=made.pk, symbol=symbol, actor=here.actor(Role.CLERK), now=MONDAY, **more)


def post(here: World, dossier: Dossier, **fields: Any) -> Any:
    client = people.sign_in(Client(), here.staff[Role.CLERK])
    data = {"expected": read(dossier).version, "key": uuid4(), **fields}
    return client.post(reverse("dossiers:act", args=[dossier.pk, "issue"]), data)


def test_the_sign_of_this_kind_of_result_stands_first_with_its_next_number(here: World) -> None:
    waiting = read(at_step(here, "clerk"))
    assert services.signs_for(waiting, DAY) == {"KS": 1}
    Register.objects.create(agency=here.committee, kind="QĐ-UBND", year=2026, last=311)
    Register.objects.create(agency=here.committee, kind="TLKT", year=2025, last=40)
    Register.objects.create(agency=here.committee, kind="XƯA", year=2024, last=9)
    Register.objects.create(agency=here.centre, kind="GX", year=2026, last=5)
    Register.objects.create(agency=here.committee, kind="KS", year=2026, last=7)
    Register.objects.create(agency=here.committee, kind="KS", year=2025, last=900)
    assert list(services.signs_for(waiting, DAY).items()) == [("KS", 8), ("QĐ-UBND", 312), ("TLKT", 1)]


def test_a_refusal_takes_its_number_among_the_notices(here: World) -> None:
    made = at_step(here, "appraise")
    draft(here, made, MONDAY, kind=ResultKind.REFUSED, title="Thông báo", reason="Không đủ điều kiện.")
    assert services.sign_of(read(made)) == "TB-UBND"


@pytest.mark.parametrize(
    ("kind", "short", "expected"),
    [
        ("people_committee", "UBND phường Hồng Gai", "UBND"),
        ("department", "Sở Tư pháp", "STP"),
        ("department", "Sở NN&PTNT", "SNNPTNT"),
        ("department", "BQL Vịnh Hạ Long", "BQLVHL"),
    ],
)
def test_agencies_shorten_their_names_in_a_sign(kind: str, short: str, expected: str) -> None:
    assert _initials(Agency(kind=kind, short_name=short, name="Tên đầy đủ")) == expected


def test_a_slip_of_the_finger_opens_no_register(here: World) -> None:
    with pytest.raises(Refused, match="no register for the sign KSS yet") as refused:
        issue(here, "KSS")
    assert (refused.value.code, refused.value.field) == ("new_register", "opens_register")
    assert not Register.objects.exists()
    assert Dossier.objects.get().state == State.IN_PROGRESS


def test_a_register_opens_when_it_is_meant_and_goes_on_by_itself(here: World) -> None:
    assert issue(here, "KSS", opens_register=True).result.number == 1
    assert issue(here, "KSS").result.number == 2
    assert issue(here, "KS").result.number == 1  # the sign of the template needs no word more


def test_a_sign_of_last_year_begins_the_new_one_without_a_question(here: World) -> None:
    Register.objects.create(agency=here.committee, kind="TLKS", year=2025, last=18)
    assert issue(here, "TLKS").result.number == 1
    assert Register.objects.get(kind="TLKS", year=2026).last == 1


def test_the_clerk_chooses_on_the_page(here: World) -> None:
    Register.objects.create(agency=here.committee, kind="QĐ-UBND", year=2026, last=311)
    waiting = at_step(here, "clerk")
    client = people.sign_in(Client(), here.staff[Role.CLERK])
    text = client.get(reverse("dossiers:case", args=[waiting.pk])).content.decode()
    assert "KS – the next number is 1" in text
    assert "QĐ-UBND – the next number is 312" in text
    assert post(here, waiting, symbol="QĐ-UBND").status_code == 302
    assert read(waiting).result.number == 312


def test_another_sign_is_written_and_confirmed(here: World) -> None:
    waiting = at_step(here, "clerk")
    missing = post(here, waiting, symbol="other", other="")
    assert missing.status_code == 422
    assert "Write the sign, or choose one of those above." in missing.content.decode()
    wrong = post(here, waiting, symbol="other", other="số 12/ KSS")
    assert wrong.status_code == 422
    assert "without spaces" in wrong.content.decode()
    unsure = post(here, waiting, symbol="other", other="GXN")
    assert unsure.status_code == 409
    text = unsure.content.decode()
    assert "no register for the sign GXN yet" in text
    assert 'value="GXN"' in text
    assert post(here, waiting, symbol="other", other="GXN", opens_register="on").status_code == 302
    assert (read(waiting).result.symbol, read(waiting).result.number) == ("GXN", 1)


def test_sending_the_form_asks_for_no_list_of_signs(here: World) -> None:
    waiting = at_step(here, "clerk", at(23))
    with CaptureQueriesContext(connection) as queries:
        assert post(here, waiting, symbol="KS", opens_register="on").status_code == 302
    registers = [one["sql"] for one in queries if "dossiers_register" in one["sql"]]
    assert [sql.split()[0] for sql in registers] == ["INSERT"]


def test_a_clerk_who_issues_twice_issues_once(here: World) -> None:
    waiting, key = at_step(here, "clerk"), uuid4()
    assert post(here, waiting, symbol="KS", key=key).status_code == 302
    assert post(here, waiting, symbol="KS", key=key, expected=1).status_code == 302
    again = post(here, waiting, symbol="KS")
    assert again.status_code == 409
    assert Register.objects.get().last == 1
