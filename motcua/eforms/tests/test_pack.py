"""Every form of the pack: it reads, speaks three languages, and can be filled in."""

import re
from pathlib import Path
from random import Random
from typing import Any

import pytest

from motcua.eforms import rules, samples
from motcua.eforms.enums import FieldType
from motcua.eforms.tests.factories import FACTS, PACK, TODAY, UNITS, pack_form, pack_forms

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "forms.md"
FORMS = pack_forms()
FACTS_KNOWN = {
    "full_name", "id_number", "birth_date", "sex", "address", "phone", "email", "ethnic_group", "nationality",
    "tax_code", "paper", "business_name",
}  # fmt: skip
OF_BLANKS = {"birth", "birth-again", "death", "marriage", "guardianship", "guardianship-end", "inspector-certificate"}


@pytest.mark.parametrize("key", FORMS)
def test_it_reads_and_its_fields_stand_alone(key: str) -> None:
    form = pack_form(key)
    assert form.key == key
    for one in form.fields():
        for inner in (one, *one.fields):
            party, _, fact = inner.prefill.partition(".")
            assert not inner.prefill or (party in ("owner", "submitter") and fact in FACTS_KNOWN), inner.key
            assert inner.type not in (FieldType.DATE, FieldType.PARTIAL_DATE) or inner.hint, f"{inner.key}: no example"


@pytest.mark.parametrize("key", FORMS)
def test_invented_answers_pass_and_stay_as_they_are(key: str) -> None:
    form = pack_form(key)
    for seed in range(12):
        answers = samples.answers(form, FACTS, Random(seed), today=TODAY, units=UNITS)
        again = rules.validate(form, answers, today=TODAY, units=UNITS)
        assert again.is_valid
        assert again.answers == answers
        assert rules.summary(form, answers, "pt")
    assert samples.answers(form, FACTS, Random(1), today=TODAY, units=UNITS) == samples.answers(
        form, FACTS, Random(1), today=TODAY, units=UNITS
    )


@pytest.mark.parametrize("key", FORMS)
def test_an_empty_form_is_refused_in_its_required_fields(key: str) -> None:
    form = pack_form(key)
    result = rules.validate(form, {}, today=TODAY, units=UNITS)
    first = next(one for one in form.fields() if one.is_required and one.when is None)
    assert any(name.startswith(first.key) for name in result.errors)


def test_each_procedure_has_one_form_and_exists() -> None:
    codes = [code for document in FORMS.values() for code in document["procedures"]]
    assert len(codes) == len(set(codes)) >= 12
    catalogue = (PACK / "catalogue" / "procedures.jsonl").read_text("utf-8")
    assert [code for code in codes if f'"code":"{code}"' not in catalogue] == []


def test_those_after_a_blank_say_so() -> None:
    assert {key for key, document in FORMS.items() if document["is_verified"]} == OF_BLANKS


def _listed() -> dict[str, list[tuple[str, str]]]:
    """The tables of docs/forms.md: per form its lines (official wording, keys)."""
    found: dict[str, list[tuple[str, str]]] = {}
    key = ""
    for line in DOCUMENT.read_text("utf-8").splitlines():
        if title := re.match(r"## .*`([a-z-]+)`", line):
            key = title[1]
            found[key] = []
        elif key and (cells := re.match(r"\| (.+?) \| (`.+`) \|", line)):
            found[key].append((cells[1], cells[2]))
    return found


def _asked(form: rules.Definition) -> list[tuple[str, str]]:
    """Official wordings in the order of the form, each with the keys that answer it."""
    keys: dict[str, list[str]] = {}
    for one in form.fields():
        for name, inner in [(one.key, one), *((f"{one.key}[].{inner.key}", inner) for inner in one.fields)]:
            if inner.official:
                keys.setdefault(inner.official, []).append(f"`{name}`")
    return [(official, ", ".join(names)) for official, names in keys.items()]


@pytest.mark.parametrize("key", [key for key in FORMS if key != "generic"])
def test_the_table_of_official_fields_is_the_data(key: str) -> None:
    assert _listed().get(key) == _asked(pack_form(key))


# What stands on the official blanks, read from them: every line must be answered by a field of ours.
BLANKS: dict[str, list[str]] = {
    "birth": [
        "Họ, chữ đệm, tên người yêu cầu", "Giấy tờ tùy thân", "Nơi cư trú", "Quan hệ với người được khai sinh",
        "Họ, chữ đệm, tên (người được khai sinh)", "Ngày, tháng, năm sinh; ghi bằng chữ", "Nơi sinh",
        "Giới tính (người được khai sinh)", "Dân tộc (người được khai sinh)", "Quốc tịch (người được khai sinh)",
        "Quê quán", "Họ, chữ đệm, tên (cha)", "Năm sinh (cha)", "Dân tộc (cha)", "Quốc tịch (cha)", "Nơi cư trú (cha)",
        "Họ, chữ đệm, tên (mẹ)", "Năm sinh (mẹ)", "Dân tộc (mẹ)", "Quốc tịch (mẹ)", "Nơi cư trú (mẹ)",
    ],
    "birth-again": [
        "Họ, chữ đệm, tên người yêu cầu", "Giấy tờ tùy thân", "Nơi cư trú", "Quan hệ với người được khai sinh",
        "Họ, chữ đệm, tên (người được khai sinh)", "Ngày, tháng, năm sinh; ghi bằng chữ", "Nơi sinh",
        "Giới tính (người được khai sinh)", "Dân tộc (người được khai sinh)", "Quốc tịch (người được khai sinh)",
        "Quê quán", "Họ, chữ đệm, tên (cha)", "Năm sinh (cha)", "Dân tộc (cha)", "Quốc tịch (cha)", "Nơi cư trú (cha)",
        "Họ, chữ đệm, tên (mẹ)", "Năm sinh (mẹ)", "Dân tộc (mẹ)", "Quốc tịch (mẹ)", "Nơi cư trú (mẹ)",
        "Đã đăng ký khai sinh tại", "Giấy khai sinh số", "Giấy khai sinh, ngày", "Lý do đăng ký lại",
    ],
    "death": [
        "Họ, chữ đệm, tên người yêu cầu", "Nơi cư trú", "Giấy tờ tùy thân", "Quan hệ với người đã chết",
        "Họ, chữ đệm, tên (người đã chết)", "Giới tính", "Ngày, tháng, năm sinh", "Dân tộc", "Quốc tịch",
        "Nơi cư trú cuối cùng", "Giấy tờ tùy thân (người đã chết)", "Đã chết vào lúc … giờ … phút",
        "Đã chết vào lúc … ngày, tháng, năm", "Nơi chết", "Nguyên nhân chết",
        "Số Giấy báo tử/ Giấy tờ thay thế Giấy báo tử", "do (cơ quan cấp)", "cấp ngày, tháng, năm",
    ],
    "marriage": [
        f"{line} ({side})"
        for side in ("bên nữ", "bên nam")
        for line in (
            "Họ, chữ đệm, tên", "Ngày, tháng, năm sinh", "Dân tộc", "Quốc tịch", "Nơi cư trú", "Giấy tờ tùy thân",
            "Kết hôn lần thứ mấy",
        )
    ],
    "guardianship": [
        "Họ, chữ đệm, tên người yêu cầu", "Nơi cư trú", "Giấy tờ tùy thân",
        *(
            f"{line} ({who})"
            for who in ("người giám hộ", "người được giám hộ")
            for line in ("Họ, chữ đệm, tên", "Ngày, tháng, năm sinh", "Giới tính", "Dân tộc", "Quốc tịch", "Nơi cư trú")
        ),
        "Giấy tờ tùy thân (người giám hộ)", "Giấy khai sinh/Giấy tờ tùy thân (người được giám hộ)",
        "Lý do đăng ký giám hộ", "Đề nghị cấp bản sao", "Số lượng bản sao",
    ],
    "guardianship-end": [
        "Họ, chữ đệm, tên người yêu cầu", "Nơi cư trú", "Giấy tờ tùy thân",
        *(
            f"{line} ({who})"
            for who in ("người giám hộ", "người được giám hộ")
            for line in ("Họ, chữ đệm, tên", "Ngày, tháng, năm sinh", "Giới tính", "Dân tộc", "Quốc tịch", "Nơi cư trú")
        ),
        "Giấy tờ tùy thân (người giám hộ)", "Giấy khai sinh/Giấy tờ tùy thân (người được giám hộ)",
        "Đã đăng ký giám hộ tại", "Ngày đăng ký", "Số", "Quyển số", "Lý do chấm dứt việc giám hộ",
        "Đề nghị cấp bản sao", "Số lượng bản sao",
    ],
    "inspector-certificate": [
        "Cấp (hoặc cấp lại)", "Họ và tên", "Ngày sinh", "Số CMND/Căn cước công dân", "Trình độ học vấn", "Điện thoại",
        "E-mail", "Tên đối tượng kiểm định", "Giới hạn đặc tính kỹ thuật", "Chứng chỉ kiểm định viên số hiệu",
        "Lý do/Nội dung đề nghị cấp lại", "Hồ sơ kèm theo gồm có",
    ],
}  # fmt: skip


@pytest.mark.parametrize("key", BLANKS)
def test_every_line_of_the_official_blank_is_asked(key: str) -> None:
    asked = {official for official, _keys in _asked(pack_form(key))}
    assert [line for line in BLANKS[key] if line not in asked] == []


def test_marriage_ages_and_order_of_a_death() -> None:
    marriage, death = pack_form("marriage"), pack_form("death")
    valid = samples.answers(marriage, {}, Random(3), today=TODAY, units=UNITS)
    young: dict[str, Any] = {
        **valid,
        "husband_birth": "2007-01-01",
        "husband_paper": {"kind": "passport", "number": "C1234567"},
    }
    assert set(rules.validate(marriage, young, today=TODAY, units=UNITS).errors) == {"husband_birth"}
    died = samples.answers(death, FACTS, Random(3), today=TODAY, units=UNITS, chosen={"notice_kind": "notice"})
    before = {**died, "death_on": "1900-01-01"}
    assert "death_on" in rules.validate(death, before, today=TODAY, units=UNITS).errors
