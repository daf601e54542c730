"""Drafts of results: their words come from the answers, the dossier and the officer; they print."""

import tomllib
from datetime import date
from random import Random
from typing import Any

import pytest

from motcua.documents import prints
from motcua.documents import services as documents
from motcua.eforms import queries, results, rules, samples, services
from motcua.eforms.enums import SignerCapacity
from motcua.eforms.models import ResultTemplate
from motcua.eforms.tests.factories import (
    FACTS,
    NOW,
    PACK,
    RESULTS,
    TODAY,
    UNITS,
    field,
    form,
    pack_form,
    pack_forms,
    words,
)

FILES = {
    file.stem: tomllib.loads(file.read_text("utf-8"))
    for file in sorted(RESULTS.glob("*.toml"))
    if file.stem != "shared"
}
FACTS_OF_DOSSIER: dict[str, Any] = {
    "code": "H49.41-261123-0007", "owner_name": "Trần Thị Bình", "owner_address": "Tổ 1, khu 2, phường Hồng Gai",
    "procedure_name": "Thủ tục đăng ký khai sinh", "agency_name": "Ủy ban nhân dân phường Hồng Gai",
    "place": "Phường Hồng Gai", "received_on": date(2026, 11, 20), "decided_on": TODAY, "reason": "",
}  # fmt: skip


def template_of(key: str) -> rules.ResultForm:
    shared = tomllib.loads((RESULTS / "shared.toml").read_text("utf-8"))
    return rules.parse_result(services._result_content(FILES[key], shared))


def drafted(key: str, seed: int = 1) -> results.Draft:
    asked, template = pack_form(key), template_of(key)
    rng = Random(seed)
    officer = samples.answers(template.officer, {}, rng, today=TODAY, units=UNITS) if template.officer else {}
    answers = samples.answers(asked, FACTS, rng, today=TODAY, units=UNITS)
    return results.draft(template, form=asked, answers=answers, facts=FACTS_OF_DOSSIER, officer=officer)


def test_there_is_a_template_for_every_form() -> None:
    assert set(FILES) == set(pack_forms())
    assert len(FILES) >= 13
    for key, document in FILES.items():
        assert document["procedures"] == pack_forms()[key]["procedures"]


@pytest.mark.parametrize("key", FILES)
def test_its_words_come_from_somewhere(key: str) -> None:
    template, asked = template_of(key), {one.key for one in pack_form(key).fields()}
    filled = {one.key for one in template.officer.fields()} if template.officer else set()
    known = {"answers": asked, "officer": filled, "facts": set(FACTS_OF_DOSSIER)}
    assert [n for n, source in template.values.items() if source.key not in known[source.origin]] == []


@pytest.mark.parametrize("key", FILES)
def test_it_prints_with_whatever_is_answered(key: str) -> None:
    template = template_of(key)
    empty = results.draft(template, form=pack_form(key), answers={}, facts=FACTS_OF_DOSSIER)
    for words_ in (drafted(key, 1), drafted(key, 2), empty):
        assert all(isinstance(text, str) for text in words_.values.values())
        made = documents.print_form(
            prints.ResultData(
                head=prints.Head(agency="UBND phường Hồng Gai", parent="Tỉnh Quảng Ninh", place="Hồng Gai"),
                issued_at=NOW,
                number=results.symbol(template, number=15),
                title=words_.title,
                subject=words_.subject,
                body=template.body,
                values=words_.values,
                recipients=template.recipients,
                is_copy=template.is_copy,
                signer=prints.Signer(capacity=results.capacity(template, template.signers[0]), name="Vũ Đức Minh"),
            )  # fmt: skip
        )
        assert made.startswith(b"%PDF")


def test_typed_markup_stays_text() -> None:
    asked = form(field("name"))
    template = rules.parse_result(
        {
            "key": "x",
            "kind": "x",
            "heading": "X",
            "symbol": "{number}/X",
            "body": "#v.name",
            "values": {"name": "answers.name"},
        }
    )
    words_ = results.draft(template, form=asked, answers={"name": '*#read("/etc/passwd")*'}, facts={})
    assert words_.values == {"name": '*#read("/etc/passwd")*'}
    assert b"%PDF" in documents.print_form(
        prints.ResultData(
            head=prints.Head(agency="A", place="B"),
            issued_at=NOW,
            title="X",
            body=template.body,
            values=words_.values,
            signer=prints.Signer(capacity=("A",)),
        )  # fmt: skip
    )


def test_ways_of_writing() -> None:
    asked = form(field("day", "date"), field("sum", "money"), field("count", "number"), field("name"))
    values = {
        "a": "answers.day", "b": "answers.day|date_words", "c": "answers.day|day_words", "d": "answers.sum|money_words",
        "e": "answers.count|number_words", "f": "answers.name|upper", "g": "facts.day|day_words", "h": "facts.none",
    }  # fmt: skip
    content = {"key": "x", "kind": "x", "heading": "X", "symbol": "{number}/{agency}", "body": "#v.a", "values": values}
    template = rules.parse_result({**content, "subject": "Về việc {f}"})
    answers = {"day": "2026-02-05", "sum": 75000, "count": 21, "name": "Lê An"}
    found = results.draft(template, form=asked, answers=answers, facts={"day": TODAY})
    assert list(found.values.values()) == [
        "05/02/2026", "ngày mùng năm tháng hai năm hai nghìn không trăm hai mươi sáu", "ngày 05 tháng 02 năm 2026",
        "Bảy mươi lăm nghìn đồng", "hai mươi mốt", "LÊ AN", "ngày 23 tháng 11 năm 2026", "",
    ]  # fmt: skip
    assert found.subject == "Về việc LÊ AN"
    assert found.missing == ("h",)
    assert results.symbol(template, number=7, agency="UBND") == "7/UBND"


@pytest.mark.parametrize(
    ("chosen", "lines"),
    [
        (SignerCapacity.HEAD, ("CHỦ TỊCH",)),
        (SignerCapacity.TM, ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")),
        (SignerCapacity.KT, ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")),
        (SignerCapacity.TL, ("TL. CHỦ TỊCH", "PHÓ CHỦ TỊCH")),
        ("tuq", ("TUQ. CHỦ TỊCH", "PHÓ CHỦ TỊCH")),
    ],
)
def test_the_lines_above_a_signature(chosen: SignerCapacity, lines: tuple[str, ...]) -> None:
    template = template_of("birth")
    position = "Phó Chủ tịch" if chosen not in (SignerCapacity.HEAD, SignerCapacity.TM) else ""
    assert results.capacity(template, chosen, position=position) == lines


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"body": "#v.nothing"}, "body"),
        ({"values": {"a": "nowhere.x"}}, "values.a"),
        ({"values": {"a": "answers.x|loud"}}, "values.a"),
        ({"symbol": "X"}, "symbol"),
        ({"signers": ["boss"]}, "signers"),
        ({"heading": ""}, "heading"),
    ],
)
def test_a_wrong_template_is_refused(change: dict[str, Any], where: str) -> None:
    content = {
        "key": "x",
        "kind": "x",
        "heading": "X",
        "symbol": "{number}/X",
        "body": "Y",
        "title": words("X"),
        **change,
    }
    with pytest.raises(rules.FormError) as caught:
        rules.parse_result(content)
    assert caught.value.where == where


@pytest.mark.django_db
def test_the_pack_loads_its_templates() -> None:
    services.load_forms(PACK, now=NOW)
    report = services.load_results(PACK, now=NOW)
    assert report.refused == ()
    assert report.changed == ResultTemplate.objects.count() == len(FILES)
    assert services.load_results(PACK, now=NOW).is_skipped
    assert services.load_results(PACK, now=NOW, force=True).changed == 0
    found = queries.template_for("1.000656", TODAY)
    assert (found.key, found.version, found.title["pt"]) == ("death", 1, "Extrato do registo de óbito")
    assert queries.template("death", 1) is found
    assert queries.template_for("9.999999", TODAY).key == "generic"
