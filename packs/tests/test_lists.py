"""Life events, the commonest procedures, the services of 2023, and what invented people are made of."""

from __future__ import annotations

import re
import tomllib
from collections import Counter

from packs.tests.pack import ROOT, procedures, table


def test_life_events() -> None:
    rows = table("catalogue/life_events.csv")
    known = {p["code"] for p in procedures()}
    assert {row["procedure_code"] for row in rows} <= known
    assert len({(row["key"], row["procedure_code"]) for row in rows}) == len(rows)
    heads = {(r["key"], r["audience"], r["name_vi"], r["name_en"], r["name_pt"], r["icon"]) for r in rows}
    assert len(heads) == len({row["key"] for row in rows}), "an event has one name and one icon"
    assert all(all(head) for head in heads)
    assert {row["audience"] for row in rows} == {"citizen", "business"}
    assert sum(row["official"] == "1" for row in rows) == 95
    for key in {row["key"] for row in rows}:
        positions = [int(row["position"]) for row in rows if row["key"] == key]
        assert positions == list(range(1, len(positions) + 1)), key
        assert len(positions) >= 5, key


def test_the_sixty_commonest_are_checked() -> None:
    rows = table("catalogue/common.csv")
    assert [row["position"] for row in rows] == [str(n) for n in range(1, 61)]
    checked = {p["code"]: p for p in procedures() if p["checked"]}
    assert {row["code"] for row in rows} == checked.keys()
    for row in rows:
        p = checked[row["code"]]
        assert p["handled_by"] == "province", row
        assert p["checked"]["on"] == row["checked_on"]
        assert row["what_was_checked"], row
        assert p["components"], row
        assert p["results"] or p["code"] == "1.001731", row
    timed = [p for p in checked.values() if all(c["time"]["amount"] for c in p["channels"])]
    assert len(timed) == 59, "only the dissolution of a company stays without a time"


def test_checked_values() -> None:
    by_code = {p["code"]: p for p in procedures()}

    def counter(code: str) -> dict[str, object]:
        channel = next(c for c in by_code[code]["channels"] if c["channel"] == "counter")
        today = [fee for fee in channel["fees"] if fee.get("from", "") <= "2026-11-23" <= fee.get("to", "9")]
        amounts = [fee["amount"] for fee in today if fee["amount"]]
        return {"days": channel["time"]["amount"], "state": channel["fee_state"], "amounts": amounts}

    assert counter("1.001193") == {"days": 1, "state": "free", "amounts": []}
    assert counter("1.004873") == {"days": 3, "state": "unknown", "amounts": []}
    assert counter("2.000635") == {"days": 1, "state": "amount", "amounts": [8_000]}
    assert counter("2.001583") == {"days": 3, "state": "amount", "amounts": [25_000, 100_000]}
    assert counter("2.001827") == {"days": 15, "state": "amount", "amounts": [700_000]}
    assert counter("1.001612") == {"days": 3, "state": "unknown", "amounts": []}


def test_the_services_of_2023() -> None:
    rows = table("catalogue/services_2023.csv")
    by_code = {p["code"]: p for p in procedures()}
    assert [row["code"] for row in rows] == sorted({row["code"] for row in rows})
    assert Counter(row["level"] for row in rows) == {"full": 1017, "partial": 445}
    assert {row["provenance"] for row in rows} == {"catalogue", "reconstructed"}
    for row in rows:
        p = by_code[row["code"]]
        assert p["handled_by"] == "province", row
        if row["provenance"] == "catalogue":
            assert p["online_level"]["level"] == row["level"], row


def test_names() -> None:
    surnames = table("people/surnames.csv")
    assert len({row["surname"] for row in surnames}) == len(surnames) > 60
    assert all(float(row["weight"]) > 0 for row in surnames)
    assert surnames[0]["surname"] == "Nguyễn"
    given = table("people/given_names.csv")
    assert len({(r["name"], r["sex"], r["kind"]) for r in given}) == len(given)
    for sex in ("male", "female"):
        for kind in ("given", "middle"):
            assert sum(r["sex"] == sex and r["kind"] == kind for r in given) >= 15


def test_identity_codes_groups_and_streets() -> None:
    codes = {row["code"]: row["name"] for row in table("people/id_province_codes.csv")}
    assert len(codes) == 63
    assert all(re.fullmatch(r"\d{3}", code) for code in codes)
    assert codes["022"] == "Tỉnh Quảng Ninh"
    groups = table("people/ethnic_groups.csv")
    assert len({row["code"] for row in groups}) == len(groups) >= 54
    assert all(row["verified"] == "0" for row in table("people/streets.csv"))


def test_the_pack_names_itself_and_its_sources() -> None:
    pack = tomllib.loads((ROOT / "pack.toml").read_text(encoding="utf-8"))
    assert pack["pack"]["code"] == ROOT.name
    assert pack["pack"]["organisation_code"] == "H49"
    assert len(pack["provenance"]) >= 5
    assert all(source["what"] and source["from"] and source["read_on"] for source in pack["provenance"])
