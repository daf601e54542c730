"""Delegations: read with the pack, found by day, ended with a reason."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client

from motcua.catalogue import queries, services
from motcua.catalogue.models import OnTheSpot
from motcua.catalogue.services import Delegation
from motcua.catalogue.tests.factories import NOW, TODAY, load, write
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Actor, ActorKind, Grant, Role, system
from motcua.kernel.errors import Refused
from motcua.places.models import Agency

pytestmark = pytest.mark.django_db
HEAD = (
    "key,centre_code,competent_code,delegate_role,delegate_title,procedures,decision,decided_on,valid_from,valid_to,"
    "capacity,verified\n"
)
ROW = "a,H49.11,H49.11,leader,Giám đốc,1.001193|1.000894,12/QĐ,2026-01-05,2026-01-05,,TUQ. CHỦ TỊCH|GIÁM ĐỐC,0\n"
SYSTEM = system("test")


def loaded(root: Path, *rows: str) -> list[tuple[str, str]]:
    write(root)
    (root / "law").mkdir(exist_ok=True)
    (root / "law" / "on_the_spot.csv").write_text(HEAD + "".join(rows))
    report = load(root)
    return [(bad.column, bad.content) for file in report.files for bad in file.refused if "spot" in bad.file]


def of(found: OnTheSpot | None) -> str:
    return found.key if found else ""


def test_a_delegation_holds_for_its_centre_procedure_and_days(tmp_path: Path) -> None:
    assert loaded(tmp_path, ROW) == []
    agency = Agency.objects.get(code="H49.11").pk

    def key(code: str, on: date) -> str:
        return of(queries.delegation_for(code, centre_id=agency, competent_id=agency, on=on))

    assert [key("1.001193", on) for on in (date(2026, 1, 4), date(2026, 1, 5), TODAY)] == ["", "a", "a"]
    assert key("1.000656", TODAY) == ""


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        (ROW.replace("H49.11,H49.11", "H49.11,H49.999"), "competent_code"),
        (ROW.replace("1.000894", "9.999999"), "procedures"),
        (ROW.replace("leader", "admin"), "delegate_role"),
        (ROW.replace("2026-01-05,,", "2026-01-05,2025-12-31,"), "valid_to"),
        (ROW.replace("TUQ. CHỦ TỊCH|GIÁM ĐỐC", ""), "capacity"),
    ],
)
def test_a_bad_row_is_refused_with_its_column(tmp_path: Path, changed: str, column: str) -> None:
    assert [bad[0] for bad in loaded(tmp_path, changed)] == [column]
    assert not OnTheSpot.objects.exists()


def test_an_early_end_survives_the_next_load(tmp_path: Path) -> None:
    loaded(tmp_path, ROW)
    found = OnTheSpot.objects.get()
    services.end_delegation(delegation_id=found.pk, reason="Đổi người ký.", actor=SYSTEM, now=NOW)
    loaded(tmp_path, ROW.replace("Giám đốc,", "Phó Giám đốc,"))
    found.refresh_from_db()
    assert (found.delegate_title, found.ended_on, found.last_day) == ("Phó Giám đốc", TODAY, TODAY)
    agency = found.centre_id
    days = (TODAY, TODAY + timedelta(days=1))
    assert [of(queries.delegation_for("1.001193", centre_id=agency, competent_id=agency, on=on)) for on in days] == [
        "a", "",
    ]  # fmt: skip
    with pytest.raises(Refused, match="already ended"):
        services.end_delegation(delegation_id=found.pk, reason="Lần nữa.", actor=SYSTEM, now=NOW)


def test_only_administrators_delegate_and_only_forward(tmp_path: Path) -> None:
    loaded(tmp_path)
    agency = people.agency("H49.11")
    new = Delegation(
        agency.pk, agency.pk, ("1.001193",), "Giám đốc", "1/QĐ", TODAY, ("TUQ. CHỦ TỊCH",), valid_from=TODAY
    )
    leader = Actor(ActorKind.PERSON, grants=(Grant(Role.LEADER, agency.pk),))
    cases = [
        (leader, new, "person"),
        (SYSTEM, Delegation(agency.pk, agency.pk, ("9.9",), "G", "1", TODAY, ("T",), TODAY), "procedures"),
        (SYSTEM, Delegation(agency.pk, agency.pk, ("1.001193",), "G", "1", NOW.date() + timedelta(days=1), ("T",),
                            TODAY), "before_decision"),
        (SYSTEM, Delegation(agency.pk, agency.pk, ("1.001193",), "G", "1", TODAY, ("T",), TODAY,
                            TODAY - timedelta(days=1)), "period"),
    ]  # fmt: skip
    for who, what, code in cases:
        with pytest.raises(Refused) as caught:
            services.delegate(delegation=what, actor=who, now=NOW)
        assert caught.value.code == code
    services.delegate(delegation=new, actor=Actor(ActorKind.PERSON, grants=(Grant(Role.ADMIN, agency.pk),)), now=NOW)
    assert OnTheSpot.objects.get().valid_from == TODAY


def test_the_page_of_administrators(tmp_path: Path) -> None:
    loaded(tmp_path, ROW)
    agency = Agency.objects.get(code="H49.11")
    client, url = people.sign_in(Client(), people.officer(Role.ADMIN, of=agency)), "/office/delegations/"
    assert "12/QĐ" in client.get(url).content.decode()
    sent = {
        "centre": "H49.11", "competent": "H49.11", "procedures": "1.001193 1.000894", "delegate_title": "Giám đốc",
        "capacity": "TUQ. CHỦ TỊCH", "decision": "34/QĐ", "decided_on": "23/11/2026", "valid_from": "24/11/2026",
    }  # fmt: skip
    assert client.post(url, sent | {"centre": "H1"}).status_code == 422
    assert client.post(url, sent | {"procedures": "9.9"}).status_code == 409
    assert client.post(url, sent).status_code == 302
    made = OnTheSpot.objects.get(decision="34/QĐ")
    assert (made.procedures, made.capacity) == (["1.001193", "1.000894"], ["TUQ. CHỦ TỊCH"])
    end = f"{url}{OnTheSpot.objects.get(key='a').pk}/end/"
    assert client.post(end, {"reason": ""}).status_code == 422
    assert client.post(end, {"reason": "Đổi người ký."}).status_code == 302
    assert OnTheSpot.objects.get(key="a").ended_on
    assert people.sign_in(Client(), people.officer(Role.LEADER, of=agency)).get(url).status_code == 403
