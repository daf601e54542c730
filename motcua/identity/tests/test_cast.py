import csv
import tomllib
from datetime import date

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command

from motcua.identity import queries, rules
from motcua.identity import services as identity
from motcua.identity.models import Account, Business, Kinship, Person, Representation, StaffRole
from motcua.identity.tests import factories as make
from motcua.kernel import clock
from motcua.kernel.actor import Role
from motcua.kernel.errors import Refused
from motcua.places.models import Agency, Unit

PACK = django_settings.ROOT / "packs" / "quangninh"
CAST = tomllib.loads((PACK / "people" / "cast.toml").read_text("utf-8"))


@pytest.fixture
def places(db):
    """The agencies and units the cast speaks of."""
    for row in CAST["staff"]:
        for grant in row["roles"]:
            make.agency(grant["agency"])
    for row in [*CAST["citizen"], *CAST["business"]]:
        Unit.objects.get_or_create(
            code=row["unit"], valid_from=date(2025, 7, 1),
            defaults={"name": row["unit"], "kind": "ward", "sort_key": row["unit"], "folded": row["unit"]},
        )  # fmt: skip


def load():
    return identity.load_cast(path=PACK / "people" / "cast.toml", actor=make.SYSTEM, now=clock.now())


def test_codes_of_the_cast_stand_in_the_pack():
    today = "2026-11-23"
    with (PACK / "places" / "agencies.csv").open(encoding="utf-8") as file:
        agencies = {row["code"] for row in csv.DictReader(file) if not row["valid_to"] or row["valid_to"] >= today}
    with (PACK / "places" / "units.csv").open(encoding="utf-8") as file:
        units = {row["code"] for row in csv.DictReader(file) if not row["valid_to"] or row["valid_to"] >= today}
    assert {grant["agency"] for row in CAST["staff"] for grant in row["roles"]} <= agencies
    assert {row["unit"] for row in [*CAST["citizen"], *CAST["business"]]} <= units


def test_numbers_of_the_cast_are_right_and_invented():
    for row in [*CAST["citizen"], *CAST["staff"]]:
        if number := row.get("id_number"):
            rules.check_id_number(number, sex=row["sex"], birth_year=row["birth_date"].year)
            assert number[6:10] == "9990"
    for row in CAST["business"]:
        assert rules.check_tax_code(row["tax_code"])


@pytest.mark.parametrize("agency", ["H49.23", "H49.04", "H49.10"])
def test_a_whole_team_stands_in_each_agency(agency):
    roles = {grant["role"] for row in CAST["staff"] for grant in row["roles"] if grant["agency"] == agency}
    assert roles >= set(Role) - {Role.ADMIN}


def test_the_commune_has_all_roles_over_centre_and_committee():
    roles = {
        grant["role"] for row in CAST["staff"] for grant in row["roles"] if grant["agency"] in {"H49.106", "H49.106.01"}
    }
    assert roles >= set(Role) - {Role.ADMIN}


def test_the_cast_is_loaded_once(places):
    report = load()
    assert report.refused == []
    counts = [model.objects.count() for model in (Person, Account, Business, Kinship, Representation, StaffRole)]
    again = load()
    assert again == report
    assert counts == [
        model.objects.count() for model in (Person, Account, Business, Kinship, Representation, StaffRole)
    ]
    assert len(report.people) == len(CAST["citizen"]) + len(CAST["staff"])
    assert len(report.businesses) == len(CAST["business"])


def test_families_businesses_and_staff_are_tied(places):
    report = load()
    today = clock.today()
    mother = report.people["nguyen.thu.ha"]
    assert queries.may_act_for(mother, report.people["pham.ngoc.diep"], today)
    assert not queries.may_act_for(mother, report.people["pham.minh.duc"], today)
    assert queries.may_act_for(report.people["ly.a.sen"], report.people["ly.hoai.nam"], today)
    assert not queries.may_act_for(report.people["le.thi.mai"], report.people["le.van.cuong"], today)
    assert queries.legal_representative(report.businesses["buom-nau"], today).pk == report.people["tran.van.hung"]
    clerk = queries.staff_of(Agency.objects.get(code="H49.106").pk, Role.CLERK, on=today)
    assert [member.name for member in clerk] == ["Trương Thị Nga"]


def test_everybody_of_the_staff_has_an_app_and_the_demo_password(places, capsys):
    load()
    account = Account.objects.get(username="canbo.tiepnhan.honggai")
    where = {"address": "", "browser": "", "now": clock.now()}
    assert identity.sign_in_locally(username=account.username, password=CAST["password"], **where) == account
    call_command("otp", account.username)
    code = capsys.readouterr().out.strip()
    identity.check_second_factor(account_id=account.pk, code=code, **where)


def test_a_row_that_cannot_be_loaded_stops_no_other(places, tmp_path):
    good = '[[citizen]]\nkey = "a"\nfull_name = "Người Thử"\nbirth_date = 1990-01-01\nsex = "male"\n'
    bad = '[[citizen]]\nkey = "b"\nfull_name = "Người Sai"\nbirth_date = 1990-01-01\nsex = "male"\nid_number = "1"\n'
    lost = '[[citizen]]\nkey = "c"\nfull_name = "Người Lạc"\nbirth_date = 1990-01-01\nsex = "male"\nunit = "00000"\n'
    path = tmp_path / "cast.toml"
    path.write_text(bad + lost + good, "utf-8")
    report = identity.load_cast(path=path, actor=make.SYSTEM, now=clock.now())
    assert list(report.people) == ["a"]
    assert [key for key, _reason in report.refused] == ["b", "c"]


@pytest.mark.django_db
def test_production_takes_no_invented_people(settings):
    settings.DEMO = False
    with pytest.raises(Refused):
        load()


@pytest.mark.django_db
def test_the_account_command(capsys, monkeypatch):
    make.agency("H49.23")
    monkeypatch.setattr("builtins.input", lambda: "mat-khau-rat-dai")
    call_command("account", "create", "chi.huy", "--full-name", "Mai Chỉ Huy", "--password-stdin")
    call_command("account", "grant", "chi.huy", "admin", "H49.23", "--decision", "QĐ 1")
    account = Account.objects.get(username="chi.huy")
    assert queries.actor_of(account.pk, clock.today()).has(Role.ADMIN)
    call_command("account", "end", "chi.huy", "admin", "H49.23")
    assert not queries.actor_of(account.pk, clock.today()).is_staff
    call_command("account", "close", "chi.huy")
    account.refresh_from_db()
    assert not account.is_active
    assert "closed" in capsys.readouterr().out
