"""What an answer means and what is wrong with it; no database."""

import json
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.eforms import rules
from motcua.eforms.rules.words import date_words, money_words, number_words
from motcua.eforms.tests.factories import TODAY, UNITS, choices, field, form, words


@pytest.fixture(autouse=True)
def _english() -> Any:
    with override("en"):
        yield


def check(definition: rules.Definition, data: dict[str, Any], **options: Any) -> rules.Result:
    return rules.validate(definition, data, today=TODAY, units=UNITS, language="en", **options)


def read(one: dict[str, Any], typed: Any) -> tuple[Any, str]:
    result = check(form(one), {one["key"]: typed})
    return result.answers.get(one["key"]), " ".join(result.errors.values())


@pytest.mark.parametrize(
    ("type_", "typed", "kept"),
    [
        ("text", "  hai   từ ", "hai từ"),
        ("text", "Ho\u0302\u0300ng", "Hồng"),
        ("textarea", "một\r\nhai  ba", "một\nhai ba"),
        ("full_name", "NGUYỄN VĂN AN", "Nguyễn Văn An"),
        ("full_name", "Trần Thị D'Arc", "Trần Thị D'Arc"),
        ("number", "1.250", 1250),
        ("number", "1 250", 1250),
        ("number", "12", 12),
        ("money", "1.250.000 đồng", 1250000),
        ("money", "1,250,000₫", 1250000),
        ("year", "1990", 1990),
        ("date", "27/3/1990", "1990-03-27"),
        ("date", "27-03-1990", "1990-03-27"),
        ("date", "ngày 27 tháng 3 năm 1990", "1990-03-27"),
        ("date", "27031990", "1990-03-27"),
        ("date", "1990-03-27", "1990-03-27"),
        ("date", "29/2/2024", "2024-02-29"),
        ("partial_date", "1950", "1950"),
        ("partial_date", "3/1950", "1950-03"),
        ("partial_date", "27/3/1950", "1950-03-27"),
        ("time", "7h30", "07:30"),
        ("time", "19:05", "19:05"),
        ("time", "7 giờ", "07:00"),
        ("id_number", "022 190 001 234", "022190001234"),
        ("tax_code", "0100684378", "0100684378"),
        ("tax_code", "0100109106-001", "0100109106001"),
        ("phone", "+84 912 345 678", "0912345678"),
        ("phone", "0203.3825 678", "02033825678"),
        ("phone", "+351 912 345 678", "+351912345678"),
        ("email", " lan@example.vn ", "lan@example.vn"),
        ("ethnic_group", "09", "09"),
        ("nationality", "VN", "VN"),
        ("nationality", "ZZ", "ZZ"),
        ("boolean", "on", True),
        ("boolean", "", False),
    ],
)
def test_what_people_type_becomes_one_form(type_: str, typed: str, kept: Any) -> None:
    assert read(field("x", type_), typed) == (kept, "")


@pytest.mark.parametrize(
    ("type_", "typed", "sentence"),
    [
        ("date", "31/2/2020", "27/3/1990"),
        ("date", "3/27/1990", "day/month/year"),
        ("date", "27/3/90", "27/3/1990"),
        ("number", "mười", "digits"),
        ("number", "1,5", "whole number"),
        ("money", "nhiều tiền", "1.250.000"),
        ("year", "90", "four digits"),
        ("time", "25:00", "7:30"),
        ("full_name", "Nguyễn Văn 2", "in letters"),
        ("full_name", "A", "in letters"),
        ("id_number", "02219000123", "12 digits"),
        ("id_number", "099190001234", "099"),
        ("tax_code", "0100684379", "tax code"),
        ("phone", "12345", "0912 345 678"),
        ("phone", "0112345678", "0912 345 678"),
        ("email", "lan@", "lan.nguyen@example.vn"),
        ("ethnic_group", "99", "ethnic group"),
        ("nationality", "XX", "nationality"),
        ("partial_date", "13/1950", "1950"),
        ("file", "x", "Choose it again"),
    ],
)
def test_what_cannot_be_is_answered_with_what_to_type(type_: str, typed: str, sentence: str) -> None:
    kept, said = read(field("x", type_), typed)
    assert kept is None
    assert sentence in said


def test_a_missing_answer_is_named() -> None:
    assert check(form(field("name", required=True)), {}).errors == {"name": "Fill in “Name”."}
    assert check(form(field("name", required=True)), {"name": " \x00 "}).errors == {"name": "Fill in “Name”."}
    assert "Tick “Agreed”" in check(form(field("agreed", "boolean", required=True)), {"agreed": False}).errors["agreed"]


def test_a_page_of_blanks_is_refused_at_once() -> None:
    for type_ in ("date", "money", "number", "time", "partial_date", "phone", "email", "id_number"):
        assert "too long" in read(field("x", type_), " " * 500_000 + "x")[1]
    paper = {"kind": "other", "number": "1", "issued_on": " " * 500_000 + "x"}
    assert "too long" in check(form(field("x", "paper")), {"x": paper}).errors["x-issued_on"]


def test_no_zero_character_reaches_the_database() -> None:
    page = form(field("x"), field("home", "address")).sections[0]
    assert rules.raw_answers(page, {"x": "a\x00b", "home-street": "\x00"})["x"] == "ab"


def test_decimals_with_either_mark() -> None:
    area = field("area", "number", decimals=2, min=1)
    assert read(area, "85,5") == ("85.5", "")
    assert read(area, "85.50") == ("85.5", "")
    assert read(area, "1.250,75") == ("1250.75", "")
    assert read(area, "1,250.75") == ("1250.75", "")
    assert read(area, "1.250") == ("1250", "")
    assert "at most 2 digits" in read(area, "0,125")[1] + read(area, "5,1256")[1]
    assert "at least 1" in read(area, "0,5")[1]


def test_length_and_pattern_say_what_fits() -> None:
    assert "to 3 characters; it has 4" in read(field("x", max_length=3), "abcd")[1]
    assert "like this: 12/2020" in read(field("x", pattern=r"\d+/\d{4}", example="12/2020"), "12-2020")[1]


def test_days_in_their_order() -> None:
    later = form(field("a", "date", is_past=True), field("b", "date", after="a"))
    assert "not come yet" in check(later, {"a": "24/11/2026"}).errors["a"]
    assert check(later, {"a": "23/11/2026", "b": "23/11/2026"}).is_valid
    assert "before another" in check(later, {"a": "2/3/2020", "b": "1/3/2020"}).errors["b"]
    bride = form(field("birth", "date", min_age=18))
    assert check(bride, {"birth": "23/11/2008"}).is_valid
    assert "18 years" in check(bride, {"birth": "24/11/2008"}).errors["birth"]


def test_the_personal_number_agrees_with_birth_and_sex() -> None:
    person = form(
        field("birth", "partial_date"), field("sex", "choice", choices=choices("male", "female")),
        field("number", "id_number", birth="birth", sex="sex"), field("paper", "paper", birth="birth", sex="sex"),
    )  # fmt: skip
    good = {"birth": "1990", "sex": "female", "number": "022190001234"}
    assert check(person, good).is_valid
    assert "1990" in check(person, {**good, "birth": "1991"}).errors["number"]
    assert "sex" in check(person, {**good, "sex": "male"}).errors["number"]
    paper = {"kind": "id_card", "number": "022090001234"}
    assert "sex" in check(person, {**good, "paper": paper}).errors["paper-number"]


def test_a_paper_has_its_kind_number_and_day() -> None:
    paper = form(field("paper", "paper", required=True))
    assert "paper-number" in check(paper, {"paper": {"kind": "id_card", "number": ""}}).errors
    kept = check(paper, {"paper": {"kind": "passport", "number": "c1234567", "issued_on": "1/2/2020", "issuer": "Cục"}})
    assert kept.answers["paper"] == {
        "kind": "passport", "number": "C1234567", "issuer": "Cục", "issued_on": "2020-02-01",
    }  # fmt: skip
    wrong = check(paper, {"paper": {"kind": "passport", "number": "C1", "issued_on": "1/2/2030"}})
    assert set(wrong.errors) == {"paper-number", "paper-issued_on"}
    assert "paper-kind" in check(paper, {"paper": {"kind": "magic", "number": "1"}}).errors


def test_an_address_names_a_unit_in_force() -> None:
    home = form(field("home", "address", required=True))
    kept = check(home, {"home": {"unit": "06652", "street": " Tổ 1 "}}).answers["home"]
    assert kept == {"unit": "06652", "street": "Tổ 1", "text": "Tổ 1, Phường Hồng Gai, Tỉnh Quảng Ninh"}
    assert "home-unit" in check(home, {"home": {"unit": "", "street": "Tổ 1"}}).errors
    assert "not in force" in check(home, {"home": {"unit": "00000", "street": "Tổ 1"}}).errors["home-unit"]
    assert "whole address" in check(home, {"home": {"unit": "elsewhere", "street": ""}}).errors["home-street"]
    assert check(home, {"home": {"unit": "elsewhere", "street": "Lisboa"}}).answers["home"]["text"] == "Lisboa"
    assert check(home, {"home": "x"}).errors


KIND = field("kind", "choice", choices=choices("a", "b"), required=True)


def test_conditions_ask_and_drop() -> None:
    detail = field("detail", required=True, when={"field": "kind", "is": "a"})
    more = field("more", required=True, when={"field": "detail", "answered": True})
    asked = form(KIND, detail, more)
    assert set(check(asked, {"kind": "a"}).errors) == {"detail"}
    assert set(check(asked, {"kind": "a", "detail": "x"}).errors) == {"more"}
    kept = check(asked, {"kind": "b", "detail": "x", "more": "y"})
    assert kept.is_valid
    assert kept.answers == {"kind": "b"}


def test_conditions_combine() -> None:
    tick = field("tick", "boolean")
    both = {"all": [{"field": "kind", "not": "a"}, {"field": "tick", "is": True}]}
    either = {"any": [{"field": "kind", "in": ["a"]}, {"field": "tick", "is": False}]}
    asked = form(KIND, tick, field("both", required=True, when=both), field("either", required=True, when=either))
    assert set(check(asked, {"kind": "b", "tick": True}).errors) == {"both"}
    assert set(check(asked, {"kind": "a", "tick": True}).errors) == {"either"}
    assert set(check(asked, {"kind": "b"}).errors) == {"either"}


def test_a_section_that_is_not_asked_is_not_checked() -> None:
    asked = form(
        sections=[
            {"key": "one", "title": words("One"), "fields": [KIND]},
            {
                "key": "two",
                "title": words("Two"),
                "when": {"field": "kind", "is": "a"},
                "fields": [field("x", required=True)],
            },
        ]
    )
    assert check(asked, {"kind": "b", "x": "1"}).answers == {"kind": "b"}
    assert [s.key for s in rules.visible_sections(asked, {"kind": "b"})] == ["one"]
    assert set(check(asked, {}, section="one").errors) == {"kind"}
    assert set(check(asked, {"kind": "a"}, section="two").errors) == {"x"}
    assert check(asked, {"kind": "a", "x": "1"}, section="two").answers == {"x": "1"}


CHILDREN = field(
    "children", "rows", min_rows=1, max_rows=2,
    fields=[
        field("name", "full_name", required=True), field("kind", "choice", choices=choices("a", "b"), required=True),
        field("why", required=True, when={"field": "kind", "is": "b"}),
    ],
)  # fmt: skip


def test_rows_are_checked_one_by_one() -> None:
    asked = form(CHILDREN)
    assert "at least 1 entry" in check(asked, {}).errors["children"]
    wrong = check(asked, {"children": [{"name": "An"}, {}, {"name": "1", "kind": "b"}]})
    assert set(wrong.errors) == {"children-0-kind", "children-2-name", "children-2-why"}
    assert wrong.errors["children-2-name"].startswith("Entry 3: Write the full name")
    kept = check(asked, {"children": [{}, {"name": "lê an", "kind": "a", "why": "dropped", "evil": "x"}]})
    assert kept.answers == {"children": [{"name": "Lê An", "kind": "a"}]}
    assert "At most 2" in check(asked, {"children": [{"name": "An", "kind": "a"}] * 3}).errors["children"]
    assert "children" in check(asked, {"children": "x"}).errors


def test_rows_may_look_at_the_form_around_them() -> None:
    asked = form(
        KIND, field("rows", "rows", fields=[field("x"), field("y", required=True, when={"field": "kind", "is": "a"})])
    )
    assert set(check(asked, {"kind": "a", "rows": [{"x": "1"}]}).errors) == {"rows-0-y"}
    assert check(asked, {"kind": "b", "rows": [{"x": "1"}]}).is_valid


def test_what_nobody_sees_is_left_out_of_what_was_pasted() -> None:
    asked = form(field("name", "full_name"), field("number", "id_number"))
    sent = {"name": "Trần\u200b Bé\ufeff", "number": "\u202a022 193 999 001\u202c"}
    raw = rules.raw_answers(asked.sections[0], sent)
    assert raw == {"name": "Trần Bé", "number": "022 193 999 001"}
    assert check(asked, raw).answers == {"name": "Trần Bé", "number": "022193999001"}


def test_posted_rows_are_added_removed_and_kept_as_typed() -> None:
    asked = form(CHILDREN)
    page = asked.sections[0]
    sent = {"children-0-name": "An", "children-4-name": "B1", "children-4-kind": "a"}
    raw = rules.raw_answers(page, sent)
    assert raw == {"children": [{"name": "An", "kind": "", "why": ""}, {"name": "B1", "kind": "a", "why": ""}]}
    assert rules.change_rows(page, raw, "add:children") == raw  # full
    assert rules.change_rows(page, raw, "remove:children:0")["children"] == raw["children"][1:]
    assert rules.row_act(page, {"rows": "add:nothing"}) == ""
    draft = rules.partial_answers(asked, "page", {**sent, "rows": "remove:children:1"}, {"other": 1})
    assert draft == {"other": 1, "children": raw["children"][:1]}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ([field("x", "magic")], "Unknown type"),
        ([field("x"), field("x")], "used twice"),
        ([field("x", "choice")], "two answers"),
        ([field("x", when={"field": "y", "is": "a"})], "not asked before"),
        ([KIND, field("x", when={"field": "kind", "is": "z"})], "no answer z"),
        ([field("x", "date", after="y")], "not asked before"),
        ([field("x", pattern="[0-9]+", example="a")], "example"),
        ([field("x", colour="red")], "Unknown option"),
        ([field("x", label={"vi": "X", "en": "X"})], "missing in: pt"),
        ([field("x", "rows")], "need fields"),
        ([field("x", "rows", fields=[field("y", "file")])], "neither rows nor files"),
        ([field("X")], "no key"),
        ([], "at least one field"),
    ],
)
def test_a_wrong_form_is_refused_with_its_place(content: list[dict[str, Any]], reason: str) -> None:
    with pytest.raises(rules.FormError, match=reason):
        form(*content)


def test_prefill_and_what_stays_known() -> None:
    asked = form(
        field("name", "full_name", prefill="submitter.full_name"), field("paper", "paper", prefill="submitter.paper"),
        field("year", "year", prefill="submitter.birth_date"), field("fax", prefill="owner.fax"),
        field("land", "nationality", default="VN"),
    )  # fmt: skip
    facts = {"submitter": {"full_name": "Lê An", "id_number": "022190001234", "birth_date": TODAY.replace(year=1990)}}
    known = rules.prefill(asked, facts)
    assert known == {
        "name": "Lê An",
        "paper": {"kind": "id_card", "number": "022190001234"},
        "year": "1990",
        "land": "VN",
    }
    assert rules.known_fields(asked, {**known, "name": "Lê Anh"}, facts) == {"paper", "year"}


def test_the_summary_reads_like_the_paper() -> None:
    asked = form(
        field("sort", "choice", choices=choices("a", "b")), field("day", "date"), field("fee", "money"),
        field("home", "address"), field("land", "nationality"),
        field("area", "number", decimals=2), field("hidden", when={"field": "sort", "is": "b"}), CHILDREN,
    )  # fmt: skip
    kept = {
        "sort": "a", "day": "1990-03-27", "fee": 1250000, "home": {"unit": "x", "street": "y", "text": "y, X"},
        "land": "PT", "area": "1250.5", "hidden": "no", "children": [{"name": "An", "kind": "a"}],
    }  # fmt: skip
    (title, lines), *rest = rules.summary(asked, kept, "vi")
    assert (title, rest) == ("Page", [])
    assert lines == [
        ("Sort", "A"), ("Day", "27/03/1990"), ("Fee", "1.250.000\u00a0₫"), ("Home", "y, X"), ("Land", "Bồ Đào Nha"),
        ("Area", "1.250,5"), ("Entry 1", "Name: An; Kind: A"),
    ]  # fmt: skip
    assert dict(rules.summary(asked, {"sort": "a", "day": "31/2"}, "en")[0][1])["Day"] == "31/2"


EVERYTHING = form(
    field("text", max_length=30), field("long", "textarea"), field("who", "full_name"), field("number", "number"),
    field("area", "number", decimals=2), field("fee", "money"), field("year", "year"), field("day", "date"),
    field("some", "partial_date"), field("time", "time"),
    field("one", "choice", choices=choices("a", "b")), field("many", "multi", choices=choices("a", "b", "c")),
    field("tick", "boolean"), field("home", "address"), field("paper", "paper"), field("id", "id_number"),
    field("tax", "tax_code"), field("phone", "phone"), field("mail", "email"), field("group", "ethnic_group"),
    field("land", "nationality"), field("doc", "file"), CHILDREN,
)  # fmt: skip
SCALARS = st.one_of(
    st.text(max_size=40), st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False),
    st.sampled_from(["27/3/1990", "1.250,5", "1990", "a", "on", "022190001234", "0912345678", "VN", "01"]),
)  # fmt: skip
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["unit", "street", "kind", "number", "issued_on", "name", "document", "x"]), inner, max_size=4
    ), max_leaves=8,
)  # fmt: skip
KEYS = [one.key for one in EVERYTHING.fields()] + ["unknown"]


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), ANYTHING, max_size=12))
def test_whatever_is_sent_is_kept_once_or_refused_in_words(data: dict[str, Any]) -> None:
    with override("en"):
        result = check(EVERYTHING, data)
        assert "unknown" not in result.answers
        assert all(sentence and sentence[-1] in ".…" for sentence in result.errors.values())
        assert json.loads(json.dumps(result.answers)) == result.answers
        again = check(EVERYTHING, result.answers)
        assert again.answers == result.answers
        rules.summary(EVERYTHING, data, "pt")
        for one in EVERYTHING.fields():
            rules.input_text(one, data.get(one.key))


@settings(max_examples=100, deadline=None)
@given(
    st.dates(min_value=TODAY.replace(year=1850)), st.sampled_from(["{d}/{m}/{y}", "{d:02}-{m:02}-{y}", "{y}-{m}-{d}"])
)
def test_every_day_can_be_typed(day: Any, shape: str) -> None:
    if day.year < 2200:
        kept, _error = read(field("x", "date"), shape.format(d=day.day, m=day.month, y=day.year))
        assert kept == day.isoformat()
        assert (
            read(field("x", "date"), rules.input_text(form(field("x", "date")).sections[0].fields[0], kept))[0] == kept
        )


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "không"), (5, "năm"), (10, "mười"), (15, "mười lăm"), (21, "hai mươi mốt"), (24, "hai mươi tư"),
        (105, "một trăm linh năm"), (1005, "một nghìn không trăm linh năm"),
        (2026, "hai nghìn không trăm hai mươi sáu"),
        (1990, "một nghìn chín trăm chín mươi"), (1_250_000, "một triệu hai trăm năm mươi nghìn"),
        (2_000_000_000, "hai tỷ"),
    ],
)  # fmt: skip
def test_numbers_in_words(number: int, said: str) -> None:
    assert number_words(number) == said


def test_days_and_amounts_in_words() -> None:
    assert date_words(TODAY) == "ngày hai mươi ba tháng mười một năm hai nghìn không trăm hai mươi sáu"
    assert date_words(TODAY.replace(month=4, day=5)).startswith("ngày mùng năm tháng tư năm")
    assert money_words(75_000) == "Bảy mươi lăm nghìn đồng"


SHARED = {
    "words": {"name": words("Name")},
    "choices": {"ab": choices("a", "b")},
    "fields": {"name": {"type": "full_name", "label": "name", "required": True}},
    "groups": {
        "person": [
            {"key": "name", "use": "name", "official": "Họ tên"},
            {"key": "sex", "type": "choice", "label": "name", "choices": "ab"},
            {"key": "number", "type": "id_number", "label": "name", "sex": "sex"},
        ]
    },
}


def expanded(*fields: dict[str, Any]) -> list[dict[str, Any]]:
    page = {"key": "page", "title": "name", "fields": list(fields)}
    content = rules.expand({"key": "x", "title": "name", "sections": [page]}, SHARED)
    rules.parse(content)
    return list(content["sections"][0]["fields"])


def test_shared_parts_are_put_in_where_they_are_named() -> None:
    name, sex, number = expanded(
        {"group": "person", "prefix": "wife_", "of": "vợ", "change": {"name": {"required": False}}}
    )
    assert (name["key"], name["official"], name["required"]) == ("wife_name", "Họ tên (vợ)", False)
    assert name["label"] == words("Name")
    assert [choice["value"] for choice in sex["choices"]] == ["a", "b"]
    assert number["sex"] == "wife_sex"
    assert [one["key"] for one in expanded({"group": "person", "skip": ["number"]})] == ["name", "sex"]
    both = expanded(KIND, {"group": "person", "prefix": "x_", "when": {"field": "kind", "is": "a"}})
    assert all(one["when"] for one in both[1:])


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"key": "x", "use": "nobody"}, "no shared field nobody"),
        ({"key": "x", "type": "text", "label": "nothing"}, "no shared word nothing"),
        ({"key": "x", "type": "choice", "label": "name", "choices": "cd"}, "no shared list cd"),
        ({"group": "crowd"}, "no shared group crowd"),
        ({"group": "person", "change": {"age": {}}}, "has no age"),
    ],
)
def test_a_shared_part_that_is_not_there_is_named(wrong: dict[str, Any], reason: str) -> None:
    with pytest.raises(rules.FormError, match=reason):
        expanded(wrong)
