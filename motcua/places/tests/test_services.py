"""Loading places: all or the rest, twice is once, and nothing refused is lost."""

from datetime import date, datetime
from pathlib import Path

import pytest
from django.conf import settings

from motcua.kernel.clock import ZONE
from motcua.kernel.models import AuditEntry
from motcua.places import services
from motcua.places.models import Agency, CalendarDay, Centre, Counter, OfficeHours, Refusal, Succession, Unit
from motcua.places.services import LoadReport
from motcua.places.tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, tzinfo=ZONE)


def load(root: Path, **options: bool) -> LoadReport:
    return services.load_places(root, now=NOW, **options)


def refused(report: LoadReport) -> list[tuple[str, int, str]]:
    return [(bad.file, bad.row, bad.column) for file in report.files for bad in file.refused]


def test_loads_every_file_with_its_links(tmp_path: Path) -> None:
    report = load(factories.write(tmp_path))
    assert refused(report) == []
    assert {file.file.split("/")[1]: file.new for file in report.files} == {
        "office_hours.csv": 3, "calendar.csv": 3, "units.csv": 4, "successions.csv": 1, "agencies.csv": 5,
        "centres.csv": 2, "counters.csv": 2,
    }  # fmt: skip
    ward = Unit.objects.get(code="06688", valid_to=None)
    assert ward.parent is not None
    assert (ward.parent.code, ward.folded, str(ward.area_km2)) == ("22", "phuong ha long", "12.500")
    assert Succession.objects.get().to_unit == ward
    assert Agency.objects.get(code="H49.106.01").parent == Agency.objects.get(unit=ward, kind="people_committee")
    assert Counter.objects.get(centre__agency__code="H49.23").fields == ["ho-tich", "chung-thuc"]


def test_a_second_load_is_skipped_and_a_forced_one_changes_nothing(tmp_path: Path) -> None:
    root = factories.write(tmp_path)
    load(root)
    keys = set(Unit.objects.values_list("pk", flat=True)) | set(Agency.objects.values_list("pk", flat=True))
    assert load(root).is_skipped
    report = load(root, force=True)
    assert sum(file.new + file.changed for file in report.files) == 0
    assert keys == set(Unit.objects.values_list("pk", flat=True)) | set(Agency.objects.values_list("pk", flat=True))


def test_a_load_is_on_record_and_a_skipped_one_is_not(tmp_path: Path) -> None:
    root = factories.write(tmp_path)
    load(root)
    load(root)
    entry = AuditEntry.objects.get(action="places.load")
    assert (entry.actor_name, entry.detail["files"]["places/units.csv"]) == ("load_pack", [4, 0, 0, 0])


def test_a_changed_row_keeps_its_key(tmp_path: Path) -> None:
    load(factories.write(tmp_path))
    before = Agency.objects.get(code="H49.11")
    changed = factories.FILES["places/agencies.csv"].replace("Department of Justice", "Justice Department")
    report = load(factories.write(tmp_path, agencies=changed))
    assert {file.file: file.changed for file in report.files if file.changed} == {"places/agencies.csv": 1}
    after = Agency.objects.get(code="H49.11")
    assert (after.pk, after.name_en) == (before.pk, "Justice Department")


HEAD = "date,kind,note,legal_basis,verified,paired_date,agency_code\n"


def test_a_closure_of_one_agency_is_loaded_and_taken_back(tmp_path: Path) -> None:
    load(factories.write(tmp_path, calendar=HEAD + "2026-09-08,local_closure,Bão,,1,,H49.106\n"))
    assert CalendarDay.objects.get().agency == Agency.objects.get(code="H49.106")
    report = load(factories.write(tmp_path, calendar=HEAD + "2026-09-08,local_closure,Bão,,1,,\n"))
    assert not any(file.refused for file in report.files)
    assert CalendarDay.objects.get().agency is None


@pytest.mark.parametrize(
    ("rows", "columns", "article"),
    [
        (["2026-02-29,holiday,,,1,,"], ["date"], "45/2019/QH14, Điều 112"),
        (["2026-09-08,holiday,,,1,,H49.106"], ["agency_code"], "Điều 112"),
        (["2026-09-08,local_closure,,,1,,H49.999"], ["agency_code"], "no agency"),
        (["2026-08-22,makeup_workday,,,1,,"], ["paired_date"], "Điều 112 khoản 3"),
        (["2026-08-22,makeup_workday,,,1,2026-08-31,"], ["paired_date"], "Điều 112 khoản 3"),
        (["2026-08-22,makeup_workday,,,1,2026-08-32,"], ["paired_date"], "no such day"),
        (["2026-09-02,holiday,,,1,2026-08-22,"], ["paired_date"], "Điều 112 khoản 3"),
        (
            ["2026-08-22,makeup_workday,,,1,2026-08-31,", "2026-08-31,swapped_off,,,1,2026-08-23,"],
            ["paired_date", "paired_date"],
            "Điều 112 khoản 3",
        ),
        (
            ["2026-08-24,makeup_workday,,,1,2026-08-31,", "2026-08-31,swapped_off,,,1,2026-08-24,"],
            ["date", "paired_date"],  # a Monday is worked anyway; the other then has no partner
            "Điều 112 khoản 3",
        ),
        (
            ["2026-08-22,makeup_workday,,,1,2026-08-29,", "2026-08-29,swapped_off,,,1,2026-08-22,"],
            ["date", "paired_date"],  # nobody works on a Saturday anyway
            "Điều 112 khoản 3",
        ),
        (["2026-09-01,compensatory_off,,,1,,"], ["date"], "Điều 111 khoản 3"),
    ],
)
def test_days_that_do_not_agree_are_refused_with_the_article(
    tmp_path: Path, rows: list[str], columns: list[str], article: str
) -> None:
    week = (settings.PACK / "places" / "office_hours.csv").read_text("utf-8")
    report = load(factories.write(tmp_path, calendar=HEAD + "\n".join(rows) + "\n", office_hours=week))
    refused = next(file for file in report.files if file.file == "places/calendar.csv").refused
    assert [bad.column for bad in refused] == columns
    assert all(article in bad.reason for bad in refused)
    assert CalendarDay.objects.count() == 0


def test_the_days_of_the_pack_agree(tmp_path: Path) -> None:
    calendar = (settings.PACK / "places" / "calendar.csv").read_text("utf-8")
    hours = (settings.PACK / "places" / "office_hours.csv").read_text("utf-8")
    report = load(factories.write(tmp_path, calendar=calendar, office_hours=hours))
    assert [file.refused for file in report.files if file.file == "places/calendar.csv"] == [[]]


def test_days_and_hours_gone_from_the_file_are_gone(tmp_path: Path) -> None:
    load(factories.write(tmp_path))
    load(
        factories.write(
            tmp_path,
            calendar="date,kind,note,legal_basis,verified,paired_date\n",
            office_hours="key,weekday,opens,closes\nstandard,1,08:00,12:00\n",
        )
    )
    assert CalendarDay.objects.count() == 0
    assert OfficeHours.objects.count() == 1


@pytest.mark.parametrize(
    ("file", "row", "column"),
    [
        ("units", {"code": "1", "name": "X", "kind": "moon", "valid_from": "2020-01-01"}, "kind"),
        ("units", {"code": "1", "name": "X", "kind": "ward", "valid_from": "1/1/2020"}, "valid_from"),
        ("units", {"code": "1", "kind": "ward", "valid_from": "2020-01-01"}, "name"),
        ("units", {"code": "1", "name": "X", "kind": "ward", "valid_from": ""}, "valid_from"),
        (
            "units",
            {"code": "1", "name": "X", "kind": "ward", "valid_from": "2020-01-02", "valid_to": "2020-01-01"},
            "valid_to",
        ),
        ("units", {"code": "06688", "name": "X", "kind": "ward", "valid_from": "2024-11-01"}, "valid_from"),
        (
            "units",
            {"code": "1", "name": "X", "kind": "ward", "parent_code": "193", "valid_from": "2026-01-01"},
            "parent_code",
        ),
        ("units", {"code": "1", "name": "X", "kind": "ward", "valid_from": "2020-01-01", "lat": "north"}, "lat"),
        ("units", {"code": "22", "name": "X", "kind": "province", "valid_from": "2020-01-01"}, "valid_from"),
        ("successions", {"from_code": "9", "from_valid_from": "2020-01-01", "on": "2025-07-01"}, "from_code"),
        (
            "successions",
            {
                "from_code": "06688", "from_valid_from": "2020-01-01", "to_code": "22", "to_valid_from": "2020-01-01",
                "on": "2025-07-01", "part": "part", "is_default": "1",
            },
            "is_default",
        ),
        ("agencies", {"code": "Z", "name": "Z", "kind": "office", "level": "province"}, "valid_from"),
        (
            "agencies",
            {"code": "Z", "name": "Z", "kind": "office", "level": "province", "valid_from": "2020-01-01",
             "parent_code": "nobody"},
            "parent_code",
        ),
        (
            "agencies",
            {"code": "Z", "name": "Z", "kind": "office", "level": "province", "valid_from": "2020-01-01",
             "unit_code": "193", "verified": "yes"},
            "verified",
        ),
        ("centres", {"agency_code": "H49.11", "address": "X"}, "agency_code"),
        ("counters", {"centre_code": "nobody", "number": "1", "name": "X"}, "centre_code"),
        ("office_hours", {"key": "standard", "weekday": "8", "opens": "07:00", "closes": "08:00"}, "weekday"),
        ("office_hours", {"key": "standard", "weekday": "3", "opens": "09:00", "closes": "08:00"}, "closes"),
        ("calendar", {"date": "2026-02-30", "kind": "holiday"}, "date"),
        ("calendar", {"date": "2026-02-03", "kind": "party"}, "kind"),
    ],
)  # fmt: skip
def test_a_bad_row_is_refused_with_its_column_and_the_others_are_loaded(
    tmp_path: Path, file: str, row: dict[str, str], column: str
) -> None:
    name = f"places/{file}.csv"
    report = load(factories.write(tmp_path, **{file: factories.with_row(name, row)}))
    number = factories.FILES[name].count("\n") + 1
    assert refused(report) == [(name, number, column)]
    kept = Refusal.objects.get()
    assert (kept.file, kept.row, kept.column) == (name, number, column)
    assert kept.reason.endswith(".")
    assert next(iter(row.values())) in kept.content
    assert Unit.objects.count() == 4
    assert Centre.objects.count() == 2


def test_a_child_of_a_refused_unit_is_refused_too(tmp_path: Path) -> None:
    units = (
        factories.FILES["places/units.csv"]
        + "7,Huyện A,district,99,2020-01-01,,,,,,,\n8,Xã B,commune,7,2020-01-01,,,,,,,\n"
    )
    report = load(factories.write(tmp_path, units=units))
    assert refused(report) == [("places/units.csv", 6, "parent_code"), ("places/units.csv", 7, "parent_code")]


def test_a_corrected_file_clears_its_refusals(tmp_path: Path) -> None:
    bad = factories.FILES["places/calendar.csv"] + "soon,holiday,,,1,\n"
    load(factories.write(tmp_path, calendar=bad))
    assert Refusal.objects.count() == 1
    load(factories.write(tmp_path))
    assert Refusal.objects.count() == 0


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None])
def test_a_missing_or_unreadable_file_is_refused_as_a_whole(tmp_path: Path, content: bytes | None) -> None:
    root = factories.write(tmp_path)
    path = root / "places/counters.csv"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    assert refused(load(root)) == [("places/counters.csv", 0, "")]
    assert Centre.objects.count() == 2


def test_a_row_of_another_width_is_refused(tmp_path: Path) -> None:
    report = load(factories.write(tmp_path, counters=factories.FILES["places/counters.csv"] + "H49.23,02\n"))
    assert refused(report) == [("places/counters.csv", 4, "")]


def test_a_name_taken_over_on_a_day_is_two_units(tmp_path: Path) -> None:
    load(factories.write(tmp_path))
    assert list(Unit.objects.filter(code="06688").order_by("valid_from").values_list("name", "valid_to")) == [
        ("Phường Hồng Hải", date(2025, 6, 30)),
        ("Phường Hạ Long", None),
    ]
