"""The everyday words of the pack lead to procedures that exist."""

import csv
import json

import pytest
from django.conf import settings

from motcua.kernel.text import fold

FOLDER = settings.PACK / "catalogue"
ABSENT = ["giấy khuyết tật", "bán rượu", "bán thuốc lá"]  # the catalogue has no procedure of these
TRANSFER = "1.013831"  # transfer, inheritance and gift of land


def names() -> dict[str, set[str]]:
    """The folded words of each procedure's name, by code."""
    lines = (FOLDER / "procedures.jsonl").read_text("utf-8").splitlines()
    return {row["code"]: set(fold(row["name"]).split()) for row in map(json.loads, lines)}


def meanings() -> dict[str, list[str]]:
    """What each everyday word means; words that say nothing are left out."""
    rows = csv.DictReader((FOLDER / "synonyms.csv").read_text("utf-8").splitlines())
    return {row["typed"]: row["means"].split("|") for row in rows if row["means"]}


@pytest.mark.parametrize(
    "typed", ["sang tên sổ đỏ", "sang tên đất", "mua bán đất", "chuyển nhượng đất", "tặng cho đất", "thừa kế đất"]
)
def test_land_that_changes_hands_leads_to_its_registration_only(typed: str) -> None:
    words = set(fold(meanings()[typed][0]).split())
    assert [code for code, name in names().items() if words <= name] == [TRANSFER]


def test_every_other_everyday_word_leads_somewhere() -> None:
    known = list(names().values())
    lost = [
        typed
        for typed, phrases in meanings().items()
        if not any(set(fold(phrase).split()) <= name for phrase in phrases for name in known)
    ]
    assert lost == ABSENT
