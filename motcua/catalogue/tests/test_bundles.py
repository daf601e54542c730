"""The bundles of the pack: they load, and what does not fit is refused with a sentence."""

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from motcua.catalogue import bundling, queries
from motcua.catalogue.models import Bundle, Case, Component, Procedure
from motcua.catalogue.services import bundles as loading
from motcua.catalogue.tests import factories
from motcua.catalogue.tests.factories import NOW, TODAY
from motcua.eforms import queries as eforms
from motcua.eforms import rules as eform_rules
from motcua.eforms import services as eform_services
from motcua.places import kept
from motcua.places.packfiles import LOADER, BadValue, FileReport

PACK = Path(__file__).resolve().parents[3] / "packs" / "quangninh"
TEXT = (PACK / "catalogue/bundles.toml").read_text("utf-8")
OUTSIDE = {"1.004222", "1.014137", "1.003197"}


def test_each_bundle_of_the_pack_reads() -> None:
    for row in tomllib.loads(TEXT)["bundle"]:
        members = bundling.read(row)
        assert len(members) >= 3
        assert {one.procedure for one in members if one.is_outside} <= OUTSIDE


def row(*members: dict[str, Any]) -> dict[str, Any]:
    words = {"vi": "a", "en": "b", "pt": "c"}
    return {"member": [{"required": True, "label": words, "why": words, "question": words, **one} for one in members]}


FIRST = {"key": "one", "procedure": "1.001193"}


@pytest.mark.parametrize(
    ("second", "words"),
    [
        ({"key": "one"}, "Two members"),
        ({"key": "Two!"}, "is no key"),
        ({"key": "two", "after": "one"}, "“needs”"),
        ({"key": "two", "after": "one", "needs": "soon"}, "“needs”"),
        ({"key": "two", "after": "three", "needs": "issued"}, "no earlier member"),
        ({"key": "two", "outside": True, "same": {"a": "one.b"}}, "takes no answers"),
        ({"key": "two", "papers": {"p1": "three.p1"}}, "not always filed before"),
        ({"key": "two", "results": {"p1": "one"}}, "does not wait for"),
        ({"key": "two", "required": "yes"}, "true or false"),
        ({"key": "two", "colour": "red"}, "Unknown option: colour"),
        ({"key": "two", "why": {"vi": "a"}}, "needs words"),
    ],
)
def test_members_that_do_not_fit(second: dict[str, Any], words: str) -> None:
    with pytest.raises(BadValue, match=words):
        bundling.read(row(FIRST, second))


def test_orders_that_cannot_be_kept() -> None:
    with pytest.raises(BadValue, match="at least two"):
        bundling.read(row(FIRST))
    with pytest.raises(BadValue, match="opens at once"):
        bundling.read(row({**FIRST, "required": False}, {"key": "two"}))
    loose = {"key": "two", "required": False}
    with pytest.raises(BadValue, match="required but waits"):
        bundling.read(row(FIRST, loose, {"key": "three", "after": "two", "needs": "accepted"}))
    with pytest.raises(BadValue, match="nobody here would learn"):
        bundling.read(row(FIRST, {"key": "two", "outside": True}, {"key": "three", "after": "two", "needs": "issued"}))


@pytest.fixture
def procedures(db: None) -> dict[str, Procedure]:
    """Every procedure the pack's bundles name, with the papers they name, and the forms."""
    eform_services.load_forms(PACK, now=NOW)
    found: dict[str, Procedure] = {}
    for one in tomllib.loads(TEXT)["bundle"]:
        for member in bundling.read(one):
            if member.procedure not in found:
                where = {"handled_by": "elsewhere", "elsewhere": {"who": "Công an", "why": "", "link": ""}}
                found[member.procedure] = factories.procedure(
                    member.procedure, **(where if member.procedure in OUTSIDE else {})
                )
    for one in found.values():
        Component.objects.bulk_create(
            Component(procedure=one, key=f"p{number}", name=f"Giấy tờ {number}", position=number)
            for number in range(1, 8)
            if not Component.objects.filter(procedure=one, key=f"p{number}").exists()
        )
    return found


def load(tmp_path: Path, text: str = TEXT) -> FileReport:
    (tmp_path / "catalogue").mkdir(exist_ok=True)
    (tmp_path / "catalogue/bundles.toml").write_text(text.replace('"co_con_nho"', '""'), "utf-8")
    report = loading.load(tmp_path, now=NOW, actor=LOADER)
    kept.forget()  # the whole load of the catalogue says that something changed
    return report


def test_the_pack_loads_once_and_asks_each_question_once(procedures: dict[str, Procedure], tmp_path: Path) -> None:
    report = load(tmp_path)
    assert [one.reason for one in report.refused] == []
    assert (report.new, load(tmp_path).same) == (2, 2)
    found = queries.bundle("birth", TODAY)
    assert [(m.key, p.code) for m, p in queries.bundle_members(found)][:2] == [
        ("birth", "1.001193"), ("copies", "2.000635"),
    ]  # fmt: skip
    form = eforms.definition(found.form_key, found.form_version)
    keys = [one.key for one in form.fields()]
    assert keys.count("promise") == 1
    assert "copies_subject_name" not in keys
    assert "copies_copies_count" in keys
    assert form.sections[-1].key == "promise"
    assert [one.key for one in queries.bundles(TODAY)] == ["birth", "death"]


def test_a_change_is_a_new_version_and_what_leaves_the_file_ends(
    procedures: dict[str, Procedure], tmp_path: Path
) -> None:
    load(tmp_path)
    first = queries.bundle("birth", TODAY)
    assert load(tmp_path, TEXT.replace("Đăng ký khai sinh", "Khai sinh")).changed == 1
    second = queries.bundle("birth", TODAY)
    assert (second.version, second.form_version) == (2, first.form_version)
    only = TEXT[: TEXT.index('key = "death"\nlife')].rpartition("[[bundle]]")[0]
    assert load(tmp_path, only).closed == 1
    assert [one.key for one in queries.bundles(TODAY)] == ["birth"]
    assert [one.key for one in queries.bundles(TODAY - timedelta(days=2))] == ["birth", "death"]


def test_no_bundle_before_its_law(procedures: dict[str, Procedure], tmp_path: Path) -> None:
    load(tmp_path)
    with pytest.raises(Bundle.DoesNotExist):
        queries.bundle("birth", date(2024, 6, 30))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"1.001193"', '"9.999999"', "no procedure 9.999999"),
        ('"1.004222"', '"1.000656"', "correct “outside”"),
        ('p2 = "birth.p3"', 'p2 = "birth.p77"', "asks for no paper p77"),
        ('p2 = "birth.p3"', 'p99 = "birth.p3"', "asks for no paper p99"),
        ('subject_sex = "birth.child_sex"', 'subject_sex = "birth.child_name"', "no answer of the kind"),
        ('entry_kind = "birth"', 'entry_kind = "flight"', "none of its answers"),
        ('legal_basis = "63/2024/NĐ-CP"', 'legal_basis = ""', "document of law"),
        ("valid_from = 2024-07-01", 'valid_from = "soon"', "first day in force"),
        ('life_event = "co_con_nho"', 'life_event = "bay_len_sao_hoa"', "no life event"),
        ('key = "birth"\nlife', 'key = "Birth 1"\nlife', "key of small letters"),
    ],
)
def test_what_is_refused_says_why_and_leaves_the_other_bundle(
    procedures: dict[str, Procedure], tmp_path: Path, old: str, new: str, words: str
) -> None:
    assert old in TEXT
    report = load(tmp_path, TEXT.replace(old, new, 1))
    assert [words in one.reason for one in report.refused] == [True], report.refused
    assert [one.key for one in queries.bundles(TODAY)] == ["death"]


def test_a_member_without_its_own_form_or_case_is_refused(procedures: dict[str, Procedure], tmp_path: Path) -> None:
    factories.procedure("1.014027")
    refused = load(tmp_path, TEXT.replace('"1.014028"', '"1.014027"')).refused
    assert "no e-form of its own" in refused[0].reason
    refused = load(tmp_path, TEXT.replace('procedure = "1.000656"', 'procedure = "1.000656"\ncase = "c9"')).refused
    assert "no case c9" in refused[0].reason
    Case.objects.create(procedure=procedures["1.000656"], key="c9", name="Chết đã lâu", position=1)
    assert not load(tmp_path, TEXT.replace('procedure = "1.000656"', 'procedure = "1.000656"\ncase = "c9"')).refused


def test_a_file_that_is_no_toml_is_refused(db: None, tmp_path: Path) -> None:
    assert "sound TOML" in load(tmp_path, "bundle = [").refused[0].reason
    assert "needs words" in load(tmp_path, "[words]").refused[0].reason


def test_answers_return_to_the_forms_of_the_pack(procedures: dict[str, Procedure], tmp_path: Path) -> None:
    load(tmp_path)
    found = queries.bundle("death", TODAY)
    funeral = next(one for one in bundling.members_of(found.members) if one.key == "funeral")
    form = eforms.definition(funeral.form_key, funeral.form_version)
    answers = {"deceased_name": "Trần Văn Nam", "funeral_buried_at": "An Lạc", "requester_name": "Trần Thị Lan"}
    assert eform_rules.answers_of("funeral", form, answers, found.places, funeral.fixed) == {
        "deceased_name": "Trần Văn Nam", "buried_at": "An Lạc", "organiser_name": "Trần Thị Lan",
    }  # fmt: skip
