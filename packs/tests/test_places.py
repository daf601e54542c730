"""The places of the pack: three dated sets of units, complete successions, agencies, calendar."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import pytest

from packs.tests.pack import covers, in_force, table

COMMUNE_KINDS = {"ward", "commune", "township", "special_zone"}
DISTRICT_KINDS = {"city", "town", "district"}
REFORM = {"2024-11-01": 171, "2025-07-01": 54}


def units() -> tuple[dict[str, str], ...]:
    return table("places/units.csv")


@pytest.mark.parametrize(
    ("on", "communes", "districts"),
    [
        ("2023-01-01", 177, 13),
        ("2024-10-31", 177, 13),
        ("2024-11-01", 171, 13),
        ("2025-06-30", 171, 13),
        ("2025-07-01", 54, 0),
        ("2026-11-23", 54, 0),
    ],
)
def test_units_in_force(on: str, communes: int, districts: int) -> None:
    valid = in_force(units(), on)
    codes = [row["code"] for row in valid]
    assert len(codes) == len(set(codes)), "a code names one unit at a time"
    assert sum(row["kind"] in COMMUNE_KINDS for row in valid) == communes
    assert sum(row["kind"] in DISTRICT_KINDS for row in valid) == districts
    assert sum(row["kind"] == "province" for row in valid) == 1


def test_kinds_of_today_and_of_2023() -> None:
    def count(on: str, kind: str) -> int:
        return sum(row["kind"] == kind for row in in_force(units(), on))

    assert [count("2026-01-01", kind) for kind in ("ward", "commune", "special_zone")] == [30, 22, 2]
    assert [count("2023-06-30", kind) for kind in ("ward", "commune", "township")] == [72, 98, 7]
    assert count("2024-10-31", "town") - count("2024-11-01", "town") == 1, "Đông Triều became a city"


def test_a_unit_is_named_with_its_kind_and_has_a_place_on_the_map() -> None:
    words = {
        "province": "Tỉnh ",
        "city": "Thành phố ",
        "town": "Thị xã ",
        "district": "Huyện ",
        "ward": "Phường ",
        "commune": "Xã ",
        "township": "Thị trấn ",
        "special_zone": "Đặc khu ",
    }
    for row in units():
        assert row["name"].startswith(words[row["kind"]]), row
        if row["kind"] != "province":
            assert 20.5 < float(row["lat"]) < 21.8, row
            assert 106.3 < float(row["lon"]) < 108.2, row


def test_parents_are_in_force_with_their_children() -> None:
    for row in units():
        if row["kind"] == "province":
            continue
        parents = [u for u in units() if u["code"] == row["parent_code"]]
        for on in {row["valid_from"], row["valid_to"] or "2026-11-23"}:
            assert len(in_force(tuple(parents), on)) == 1, (row, on)
        is_child_of_province = row["valid_from"] >= "2025-07-01" or row["kind"] in DISTRICT_KINDS
        assert (row["parent_code"] == "22") == is_child_of_province, row


def test_every_ended_commune_has_successors_and_one_default() -> None:
    successions = table("places/successions.csv")
    known = {(u["code"], u["valid_from"]): u for u in units()}
    heirs: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in successions:
        old = known[row["from_code"], row["from_valid_from"]]
        new = known[row["to_code"], row["to_valid_from"]]
        assert new["valid_from"] == row["on"], row
        assert date.fromisoformat(old["valid_to"]) + timedelta(days=1) == date.fromisoformat(row["on"]), row
        assert row["legal_basis"], row
        heirs[row["from_code"], row["from_valid_from"]].append(row)
    for key, unit in known.items():
        if unit["kind"] not in COMMUNE_KINDS:
            continue
        assert bool(heirs.get(key)) == bool(unit["valid_to"]), key
        if unit["valid_to"]:
            assert [h["is_default"] for h in heirs[key]].count("1") == 1, key
            assert {h["part"] for h in heirs[key]} == ({"whole"} if len(heirs[key]) == 1 else {"part"}), key
    for on in REFORM:
        begun = {(u["code"], u["valid_from"]) for u in units() if u["valid_from"] == on and u["kind"] in COMMUNE_KINDS}
        assert begun == {(s["to_code"], s["to_valid_from"]) for s in successions if s["on"] == on} - {("205", on)}


def _today(code: str, valid_from: str) -> set[str]:
    """The units of today that hold any of this unit's land."""
    heirs = [s for s in table("places/successions.csv") if (s["from_code"], s["from_valid_from"]) == (code, valid_from)]
    return set().union(*(_today(s["to_code"], s["to_valid_from"]) for s in heirs)) if heirs else {code}


def test_fourteen_communes_of_2023_are_split() -> None:
    first = [u for u in in_force(units(), "2023-06-30") if u["kind"] in COMMUNE_KINDS]
    split = {u["name"] for u in first if len(_today(u["code"], u["valid_from"])) > 1}
    assert len(split) == 14
    assert {"Phường Hà Khẩu", "Phường Trưng Vương", "Xã Hải Lạng", "Xã Cẩm Hải", "Phường Đông Triều"} <= split


def test_names_come_back_for_other_land() -> None:
    """The trap of the reform: phường Hạ Long of today is not xã Hạ Long of 2023."""
    by_name = defaultdict(set)
    for row in units():
        if row["kind"] in COMMUNE_KINDS:
            by_name[row["name"].split(" ", 1)[1]].add(row["code"])
    assert {"06688", "07012"} <= by_name["Hạ Long"]


def test_agencies() -> None:
    agencies = table("places/agencies.csv")
    by_code = {row["code"]: row for row in agencies}
    assert len(by_code) == len(agencies)
    hours = {row["key"] for row in table("places/office_hours.csv")}
    unit_codes = {u["code"] for u in units()}
    for row in agencies:
        assert row["name"], row
        assert row["short_name"], row
        assert row["name_en"], row
        assert row["name_pt"], row
        assert row["unit_code"] in unit_codes, row
        assert row["office_hours"] in hours | {""}, row
        assert row["verified"] == ("1" if row["code"] == "H49" else "0"), "only H49 is an official code"
        assert not row["valid_to"] or row["valid_from"] < row["valid_to"], row
        if row["successor_code"]:
            assert row["valid_to"], row
            assert covers(by_code[row["successor_code"]], *_next_day(row)), row
        same_unit = tuple(u for u in units() if u["code"] == row["unit_code"])
        for on in (row["valid_from"], row["valid_to"] or "2026-11-23"):
            assert in_force(same_unit, on), row


def _next_day(row: dict[str, str]) -> tuple[str, str]:
    day = (date.fromisoformat(row["valid_to"]) + timedelta(days=1)).isoformat()
    return day, day


def test_an_agency_has_a_parent_or_its_parents_successor_at_every_time() -> None:
    by_code = {row["code"]: row for row in table("places/agencies.csv")}
    for row in by_code.values():
        if not row["parent_code"]:
            continue
        parent = by_code[row["parent_code"]]
        assert parent["valid_from"] <= row["valid_from"], row
        while parent["valid_to"] and (not row["valid_to"] or parent["valid_to"] < row["valid_to"]):
            parent = by_code[parent["successor_code"]]


@pytest.mark.parametrize(
    ("on", "committees", "departments", "district_centres", "commune_centres"),
    [
        ("2023-06-30", 1 + 13 + 177, {"Sở Giao thông vận tải", "Sở Tài nguyên và Môi trường"}, 13, 0),
        ("2024-12-31", 1 + 13 + 171, {"Sở Kế hoạch và Đầu tư", "Ban Dân tộc"}, 13, 0),
        ("2025-03-01", 1 + 13 + 171, {"Sở Nông nghiệp và Môi trường", "Sở Dân tộc và Tôn giáo"}, 13, 0),
        ("2026-11-23", 1 + 54, {"Sở Văn hóa, Thể thao và Du lịch", "Sở Xây dựng"}, 0, 54),
    ],
)
def test_agencies_in_force(
    on: str, committees: int, departments: set[str], district_centres: int, commune_centres: int
) -> None:
    valid = in_force(table("places/agencies.csv"), on)
    assert sum(row["kind"] == "people_committee" for row in valid) == committees
    assert departments <= {row["name"] for row in valid if row["kind"] == "department"}
    centres = [row["level"] for row in valid if row["kind"] == "centre"]
    assert centres.count("province") == 1
    assert centres.count("district") == district_centres
    assert centres.count("commune") == commune_centres


def test_each_commune_has_its_committee() -> None:
    for on in ("2023-06-30", "2024-11-01", "2026-11-23"):
        communes = {u["code"]: u["name"] for u in in_force(units(), on) if u["kind"] in COMMUNE_KINDS}
        committees = {
            a["unit_code"]: a["name"]
            for a in in_force(table("places/agencies.csv"), on)
            if a["kind"] == "people_committee" and a["level"] == "commune"
        }
        assert committees.keys() == communes.keys()
        for code, name in communes.items():
            assert committees[code] == "Ủy ban nhân dân " + name[0].lower() + name[1:]


def test_centres_open_and_close_with_their_agency() -> None:
    agencies = {a["code"]: a for a in table("places/agencies.csv")}
    rows = table("places/centres.csv")
    assert {r["agency_code"] for r in rows} == {a["code"] for a in agencies.values() if a["kind"] == "centre"}
    for row in rows:
        assert row["closed_on"] == agencies[row["agency_code"]]["valid_to"]


def test_office_hours_make_eight_hours_a_day() -> None:
    days: dict[tuple[str, str], int] = defaultdict(int)
    for row in table("places/office_hours.csv"):
        opens, closes = (int(row[k][:2]) * 60 + int(row[k][3:]) for k in ("opens", "closes"))
        assert opens < closes
        days[row["key"], row["weekday"]] += closes - opens
    assert set(days.values()) == {480}
    assert [weekday for key, weekday in sorted(days) if key == "standard"] == list("12345")


def test_calendar() -> None:
    rows = {row["date"]: row for row in table("places/calendar.csv")}
    assert len(rows) == len(table("places/calendar.csv"))
    assert {date.fromisoformat(d).year for d in rows} == set(range(2018, 2027))
    for day, row in rows.items():
        is_weekend = date.fromisoformat(day).weekday() >= 5
        if row["kind"] == "makeup_workday":
            assert is_weekend, row
            assert rows[row["paired_date"]]["paired_date"] == day, row
        elif row["kind"] == "swapped_off":
            assert not is_weekend, row
            assert rows[row["paired_date"]]["kind"] == "makeup_workday", row
        elif row["kind"] == "compensatory_off":
            assert not is_weekend, row
        else:
            assert row["kind"] == "holiday", row
    unsure = {d for d, row in rows.items() if row["verified"] == "0"}
    assert {d for d in unsure if d >= "2023"} == {"2026-01-02", "2026-01-10", "2026-11-24"}
    assert {d for d in rows if d < "2023"} <= unsure
    for year in range(2018, 2027):
        fixed = {f"{year}-{day}" for day in ("01-01", "04-30", "05-01", "09-02")}
        assert fixed <= {d for d in rows if rows[d]["kind"] == "holiday"}


def test_holidays_on_a_weekly_day_off_are_compensated() -> None:
    """Labour Code, article 111.3: the next working day is off; Tết 2024 and 2025 were set with seven days."""
    rows = table("places/calendar.csv")
    compensated = [row["date"] for row in rows if row["kind"] == "compensatory_off"]
    assert sum(day >= "2023" for day in compensated) == 5
    off = {row["date"] for row in rows if row["kind"] == "holiday"}
    for year in range(2018, 2023):
        weekends = sum(date.fromisoformat(day).weekday() >= 5 for day in off if day.startswith(str(year)))
        assert sum(day.startswith(str(year)) for day in compensated) == weekends, year
