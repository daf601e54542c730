"""The catalogue of the pack: every procedure, its times and fees, and no reference into nothing."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

from packs.tests.pack import ROOT, in_force, procedures, table

TODAY = "2026-11-23"
UNITS = {"working_day", "calendar_day", "working_hour", "month"}
CODE = re.compile(r"^[1-9]\.\d{6}$")
NUMBER = re.compile(r"^\d{1,4}(\.\d{1,2})?(/\d{4})?/[A-ZĐ][A-ZĐa-z0-9]+(-[A-ZĐa-z0-9]+)*$")
FOREIGN = (
    "Hà Nội",
    "Hồ Chí Minh",
    "Hải Phòng",
    "Phú Thọ",
    "Tây Ninh",
    "An Giang",
    "TP.HCM",
    "Đồng Nai",
    "Sơn La",
    "Cao Bằng",
    "Đà Nẵng",
)
KEYS = {
    "code", "name", "field", "issuer", "decision", "handled_by", "elsewhere", "level", "competent_agency",
    "competent_source", "performer_source", "subjects", "channels", "online_level", "cases", "components",
    "results", "result_form", "issuing_system", "authorisation", "presence", "rule_source", "legal_basis",
    "steps", "checked", "repairs",
}  # fmt: skip


def ours() -> list[dict[str, Any]]:
    return [p for p in procedures() if p["handled_by"] == "province"]


def channels(rows: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    return [(p["code"], channel) for p in rows for channel in p["channels"]]


def by_code(code: str) -> dict[str, Any]:
    return next(p for p in procedures() if p["code"] == code)


def test_every_procedure_of_the_scope_once_and_in_order() -> None:
    codes = [p["code"] for p in procedures()]
    assert codes == sorted(set(codes))
    assert len(codes) == 2734
    assert len(ours()) == 1977
    assert all(CODE.match(code) for code in codes)


def test_the_shape_of_a_row() -> None:
    for p in procedures():
        assert p.keys() == KEYS, p["code"]
        assert p["name"], p["code"]
        assert p["name"] == " ".join(p["name"].split()), p["code"]
        assert p["level"] in {"province", "commune", "province_commune"}, p["code"]
        assert p["subjects"], p["code"]
        assert p["result_form"] in {"electronic", "electronic_paper", "paper"}, p["code"]
        assert p["authorisation"] in {"allowed", "kin", "forbidden"}, p["code"]
        assert p["presence"] in {"none", "owner", "both_parties", "field_visit"}, p["code"]
        assert p["channels"], p["code"]
        assert len({c["channel"] for c in p["channels"]}) == len(p["channels"]), p["code"]


def test_the_file_stays_small() -> None:
    assert (ROOT / "catalogue/procedures.jsonl").stat().st_size < 8_000_000


def test_fields_and_their_agencies() -> None:
    fields = {f["code"]: f for f in table("catalogue/fields.csv")}
    assert len(fields) == len(table("catalogue/fields.csv"))
    valid_2023 = {a["code"] for a in in_force(table("places/agencies.csv"), "2023-06-30")}
    valid_now = {a["code"] for a in in_force(table("places/agencies.csv"), TODAY)}
    for field in fields.values():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", field["code"]), field
        assert field["agency_2023"] in valid_2023, field
        assert field["agency_2025"] in valid_now, field
    assert {p["field"] for p in procedures()} == fields.keys()


def test_the_competent_agency_is_ours_and_in_force() -> None:
    valid = {a["code"]: a for a in in_force(table("places/agencies.csv"), TODAY)}
    for p in ours():
        if p["level"] == "commune":
            assert p["competent_agency"] is None, (p["code"], "the commune depends on the dossier")
        else:
            assert p["competent_agency"] in valid, p["code"]
            assert valid[p["competent_agency"]]["kind"] != "people_committee", p["code"]


def test_performers_of_other_provinces_are_mapped_and_kept_as_a_note() -> None:
    mapped = [p for p in ours() if "performer_mapped" in p["repairs"]]
    assert len(mapped) > 100
    for p in mapped:
        assert any(name in p["performer_source"] for name in FOREIGN)
    for p in procedures():
        assert bool(p["performer_source"]) == ("performer_mapped" in p["repairs"]), p["code"]
        shown = [*p["steps"], *((p["elsewhere"] or {}).get(k, "") for k in ("who", "why"))]
        assert not any(f"Sở {x} {name}" in text for text in shown for name in FOREIGN for x in ("Tư pháp", "Nội vụ"))


def test_what_is_handled_elsewhere_has_guidance_and_a_link() -> None:
    for p in procedures():
        if p["handled_by"] == "elsewhere":
            assert p["elsewhere"]["who"], p["code"]
            assert p["elsewhere"]["why"], p["code"]
            assert p["elsewhere"]["link"].startswith("https://dichvucong.gov.vn"), p["code"]
        else:
            assert p["elsewhere"] is None, p["code"]
    residence = [p for p in procedures() if p["field"] == "dang-ky-quan-ly-cu-tru"]
    assert residence
    assert {p["handled_by"] for p in residence} == {"elsewhere"}
    assert all("Công an" in p["elsewhere"]["who"] for p in residence)


def test_an_unknown_time_is_null_and_never_no_limit() -> None:
    for code, channel in channels(list(procedures())):
        time = channel["time"]
        if time["none"]:
            assert time["amount"] is None, (code, "no limit only where the source says so")
            assert time["source"], (code, "no limit only where the source says so")
        elif time["amount"] is None:
            assert time["unit"] is None, code
            assert time["verified"] == 0, code
        else:
            assert time["amount"] > 0, code
            assert time["unit"] in UNITS, code
            assert time["source"], code
            assert time["text"], code
        assert len(time["text"]) <= 120, code


def test_an_unknown_fee_is_never_free() -> None:
    for code, channel in channels(list(procedures())):
        fees, state = channel["fees"], channel["fee_state"]
        if state == "free":
            assert channel["fee_source"], code
            assert not any(fee["amount"] for fee in fees), code
        elif state == "amount":
            assert any(fee["amount"] for fee in fees), code
        elif state == "formula":
            assert any(fee["amount"] is None for fee in fees), (code, "a sum of alternatives would be charged")
        else:
            assert state == "unknown", code
            assert channel["fee_verified"] == 0, code
            assert not any(fee["amount"] for fee in fees), code
        for fee in fees:
            assert fee["kind"] in {"phi", "le_phi", "unknown"}, code
            assert fee["amount"] is None or fee["amount"] >= 1000, (code, "đồng, not thousands of đồng")
            assert fee["source"], code
            assert len(fee["text"]) <= 120, code
            assert fee["amount"] or fee["text"], code


def test_the_catalogue_says_nothing_for_a_row_without_detail() -> None:
    bare = [p for p in ours() if "no_detail" in p["repairs"]]
    assert len(bare) == 602
    for p in bare:
        assert p["online_level"]["level"] is None, p["code"]
        for channel in p["channels"]:
            assert channel["time"]["amount"] is None, p["code"]
            assert channel["fee_state"] == "unknown", p["code"]
    assert sum(any(c["channel"] == "online" for c in p["channels"]) for p in ours()) == 1207


def test_repairs_leave_a_trace() -> None:
    repairs = Counter(name for p in ours() for name in p["repairs"])
    for name in ("time_glued_fee", "fee_in_words", "performer_mapped", "time_from_detail", "fee_thousands"):
        assert repairs[name] > 0, name
    for p in ours():
        if "time_glued_fee" in p["repairs"] and not p["checked"]:
            for channel in p["channels"]:
                if channel["time"]["source"].startswith("fee_text"):
                    assert channel["time"]["verified"] == 0, p["code"]
    assert sum(any(f["amount"] for _, c in channels([p]) for f in c["fees"]) for p in ours()) >= 142


@pytest.mark.parametrize(
    ("code", "amount"),
    [("1.000802", 500_000), ("1.008922", 800_000), ("1.004844", 120_000), ("1.013859", 100_000)],
)
def test_a_fee_written_with_separators_is_read_whole(code: str, amount: int) -> None:
    for channel in by_code(code)["channels"]:
        assert channel["fee_state"] == "amount"
        assert [fee["amount"] for fee in channel["fees"]] == [amount]


def test_a_lowered_fee_has_its_days_and_the_full_one_follows() -> None:
    lowered = 0
    for code, channel in channels(list(procedures())):
        halves = [fee for fee in channel["fees"] if fee.get("basis") == "64/2025/TT-BTC"]
        for half in halves:
            lowered += 1
            assert (half["from"], half["to"]) == ("2025-07-01", "2026-12-31"), code
            after = next(f for f in channel["fees"] if f.get("from") == "2027-01-01" and f["label"] == half["label"])
            assert after["amount"] == 2 * half["amount"] or (after["amount"] is None and after["text"]), code
        if not halves:
            assert not any("from" in fee or "to" in fee or "31/12/2026" in fee["text"] for fee in channel["fees"]), code
    assert lowered == 97


@pytest.mark.parametrize("code", ["1.002681", "1.014966", "2.001117", "2.001130"])
def test_the_charge_beside_a_lowered_fee_is_not_forgotten(code: str) -> None:
    for channel in by_code(code)["channels"]:
        now = [(fee["kind"], fee["amount"]) for fee in channel["fees"] if fee.get("from", "") < "2027"]
        assert now == [("phi", 400_000), ("le_phi", 100_000)]


def test_components() -> None:
    for p in procedures():
        cases = {case["key"] for case in p["cases"]}
        assert len(cases) != 1, (p["code"], "a single case is no case")
        assert len({c["key"] for c in p["components"]}) == len(p["components"]), p["code"]
        assert {c["case"] for c in p["components"]} - {None} == cases, p["code"]
        for c in p["components"]:
            assert 3 <= len(c["name"]) <= 300, p["code"]
            assert not re.search(r"\.(docx?|pdf|xlsx?|rar)$", c["name"]), (p["code"], c["name"])
            assert 0 <= c["original"] <= 10, (p["code"], c["name"])
            assert 0 <= c["copy"] <= 10, (p["code"], c["name"])
            assert not (c["is_note"] and c["is_required"]), p["code"]


def test_online_level_follows_channel_and_presence() -> None:
    for p in procedures():
        online = p["online_level"]
        has_online = any(c["channel"] == "online" for c in p["channels"])
        if online["level"] == "full":
            assert has_online, p["code"]
            assert p["presence"] == "none", p["code"]
            assert online["partial_reason"] is None, p["code"]
        elif online["level"] == "partial":
            assert has_online
            assert online["partial_reason"] in {"presence", "field_check", "technical", "other"}
        else:
            assert online["level"] in {"information", None}, p["code"]
            assert not (has_online and online["level"]), p["code"]


def test_known_rules() -> None:
    marriage = by_code("1.000894")
    assert (marriage["presence"], marriage["authorisation"]) == ("both_parties", "forbidden")
    assert (marriage["online_level"]["level"], marriage["online_level"]["partial_reason"]) == ("partial", "presence")
    birth = by_code("1.001193")
    assert (birth["level"], birth["issuing_system"], birth["authorisation"]) == ("commune", "civil_status", "kin")
    assert birth["online_level"]["level"] == "full"
    copies = by_code("2.000815")
    assert copies["presence"] == "owner"
    assert copies["online_level"]["level"] != "full"
    assert {p["issuing_system"] for p in ours() if p["field"] == "ho-tich"} == {"civil_status"}


def test_legal_basis_is_numbers_with_a_title_list() -> None:
    titles = {row["number"] for row in table("catalogue/legal_documents.csv")}
    assert len(titles) == len(table("catalogue/legal_documents.csv"))
    used = {number for p in procedures() for number in p["legal_basis"]}
    assert used == titles, "only the documents referred to"
    assert all(NUMBER.match(number) for number in used), [n for n in used if not NUMBER.match(n)]


def test_steps_are_short() -> None:
    for p in procedures():
        assert len(p["steps"]) <= 8, p["code"]
        assert all(len(step) <= 160 for step in p["steps"]), p["code"]
        assert bool(p["steps"]) == (p["handled_by"] == "province"), p["code"]


def test_counters_take_known_fields() -> None:
    fields = {f["code"] for f in table("catalogue/fields.csv")}
    centres = {c["agency_code"] for c in table("places/centres.csv") if not c["closed_on"]}
    rows = table("places/counters.csv")
    assert {r["centre_code"] for r in rows} == centres
    assert len({(r["centre_code"], r["number"]) for r in rows}) == len(rows)
    taken = {code: set[str]() for code in centres}
    for row in rows:
        named = set(filter(None, row["fields"].split("|")))
        assert named <= fields, row
        assert not named & taken[row["centre_code"]], (row, "one counter for a field")
        taken[row["centre_code"]] |= named
    assert {p["field"] for p in ours() if p["level"] != "commune"} <= taken["H49.23"]
    for code in centres - {"H49.23"}:
        assert {p["field"] for p in ours() if p["level"] != "province"} <= taken[code]
