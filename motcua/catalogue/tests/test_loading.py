"""Loading the catalogue: twice is once, changes make versions, and nothing refused is lost."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from motcua.catalogue import queries
from motcua.catalogue.models import (
    ChannelRule,
    Component,
    FeeRule,
    LifeEvent,
    LifeEventProcedure,
    Procedure,
    ProcedureVersion,
    ServiceLevel,
    Synonym,
)
from motcua.catalogue.tests import factories
from motcua.catalogue.tests.factories import NOW, line, load, write
from motcua.places.models import Refusal

pytestmark = pytest.mark.django_db
CODE = "1.001193"


def refused(report: Any) -> list[tuple[str, int, str]]:
    return [(bad.file.split("/")[-1], bad.row, bad.column) for file in report.files for bad in file.refused]


def test_loads_procedures_with_all_their_parts(tmp_path: Path) -> None:
    report = load(write(tmp_path))
    assert refused(report) == []
    birth = Procedure.objects.get(code=CODE)
    assert (birth.version, birth.common_position, birth.checked_on) == (1, 1, date(2026, 11, 23))
    assert (birth.folded_name, birth.joined) == ("dang ky khai sinh", "dangkykhaisinh")
    assert (birth.process_key, birth.valid_from, birth.valid_to) == ("same-day", None, None)
    assert list(birth.channels.order_by("channel").values_list("channel", "amount", "fee_state")) == [
        ("counter", 1, "free"),
        ("online", None, "amount"),
    ]
    assert birth.fees.get().amount == 8000
    assert list(birth.components.order_by("position").values_list("key", "case__key", "copy", "is_note")) == [
        ("p1", None, 2, False),
        ("p2", "c1", 0, False),
        ("p3", None, 0, True),
    ]
    assert birth.results.get().code == "KQ.1"
    assert birth.versions.get().content["name"] == birth.name
    elsewhere = Procedure.objects.get(code="1.004222")
    assert elsewhere.elsewhere["who"] == "Công an cấp xã"


def test_an_unknown_time_or_fee_stays_unknown(tmp_path: Path) -> None:
    channel = {"channel": "counter", "time": {}, "fees": [], "fee_state": "unknown"}
    load(write(tmp_path, [line(CODE, channels=[channel])]))
    rule = ChannelRule.objects.get()
    assert (rule.amount, rule.unit, rule.has_no_due_date, rule.is_verified) == (None, "", False, False)
    assert not rule.is_time_known
    assert rule.fee_state == "unknown"


def test_a_second_load_is_skipped_and_a_forced_one_changes_nothing(tmp_path: Path) -> None:
    root = write(tmp_path)
    load(root)
    keys = dict(Procedure.objects.values_list("code", "pk"))
    parts = set(Component.objects.values_list("pk", flat=True)) | set(FeeRule.objects.values_list("pk", flat=True))
    assert load(root).is_skipped
    report = load(root, force=True)
    assert {file.file: (file.new, file.changed) for file in report.files if file.new or file.changed} == {}
    assert keys == dict(Procedure.objects.values_list("code", "pk"))
    assert parts == set(Component.objects.values_list("pk", flat=True)) | set(
        FeeRule.objects.values_list("pk", flat=True)
    )
    assert ProcedureVersion.objects.count() == len(factories.NAMES)


def test_changed_content_makes_a_new_version_and_keeps_the_key(tmp_path: Path) -> None:
    load(write(tmp_path))
    before = Procedure.objects.get(code=CODE)
    lines = [line(code) for code in factories.NAMES]
    lines[0] = line(CODE, components=[], steps=["Khác."])
    report = load(write(tmp_path, lines))
    after = Procedure.objects.get(code=CODE)
    assert (after.pk, after.version, after.steps, after.components.count()) == (before.pk, 2, ["Khác."], 0)
    assert list(after.versions.order_by("version").values_list("version", "valid_from")) == [
        (1, None),
        (2, NOW.date()),
    ]
    assert len(queries.version(after.pk, 1).content["components"]) == 3
    assert queries.version(after.pk, 2).content["components"] == []
    assert {file.file: file.changed for file in report.files if file.changed} == {"catalogue/procedures.jsonl": 1}
    assert Procedure.objects.exclude(version=1).count() == 1


def test_a_place_in_the_order_alone_makes_no_version(tmp_path: Path) -> None:
    load(write(tmp_path))
    load(write(tmp_path, common="code,position,checked_on,what_was_checked\n1.001193,7,,\n"))
    birth = Procedure.objects.get(code=CODE)
    assert (birth.common_position, birth.version) == (7, 1)
    assert Procedure.objects.get(code="1.000894").common_position is None


def test_a_procedure_gone_from_the_file_is_closed_and_may_come_back(tmp_path: Path) -> None:
    load(write(tmp_path))
    report = load(write(tmp_path, [line(code) for code in factories.NAMES if code != CODE]))
    assert Procedure.objects.get(code=CODE).valid_to == NOW.date() - timedelta(days=1)
    assert sum(file.closed for file in report.files) == 1
    assert not Procedure.objects.in_force(NOW.date()).filter(code=CODE).exists()
    load(write(tmp_path))
    assert Procedure.objects.get(code=CODE).valid_to is None


def test_a_refused_or_empty_file_closes_nothing(tmp_path: Path) -> None:
    load(write(tmp_path))
    lines = [line(code) for code in factories.NAMES]
    lines[0] = line(CODE, level="moon")
    load(write(tmp_path, lines))
    assert Procedure.objects.get(code=CODE).valid_to is None
    load(write(tmp_path, []))
    assert Procedure.objects.filter(valid_to__isnull=False).count() == 0


def test_a_later_service_level_ends_the_one_before(tmp_path: Path) -> None:
    load(write(tmp_path, [line(CODE)]))
    later = {"level": "partial", "partial_reason": "presence", "from": "2026-10-01", "source": "rule", "verified": 1}
    load(write(tmp_path, [line(CODE, online_level=later)]))
    assert list(ServiceLevel.objects.order_by("valid_from").values_list("level", "valid_from", "valid_to")) == [
        ("full", date(2023, 1, 1), date(2023, 12, 31)),
        ("full", date(2026, 7, 1), date(2026, 9, 30)),
        ("partial", date(2026, 10, 1), None),
    ]


def test_levels_of_2023_say_where_they_come_from(tmp_path: Path) -> None:
    load(write(tmp_path))
    past = ServiceLevel.objects.in_force(date(2023, 6, 30)).order_by("provenance")
    assert list(past.values_list("procedure__code", "level", "provenance", "is_verified")) == [
        (CODE, "full", "catalogue", False),
        ("1.000894", "partial", "reconstructed", False),
    ]


TIME = {"amount": 1, "unit": "working_day"}


def test_a_fee_keeps_its_days_and_its_law(tmp_path: Path) -> None:
    days = {"from": "2025-07-01", "to": "2026-12-31", "basis": "64/2025/TT-BTC"}
    fees = [{"kind": "phi", "amount": 400_000, **days}, {"kind": "phi", "amount": 800_000, "from": "2027-01-01"}]
    load(write(tmp_path, [line(CODE, channels=channel(fee_state="amount", fees=fees))]))
    assert list(FeeRule.objects.order_by("position").values_list("amount", "valid_from", "valid_to", "basis")) == [
        (400_000, date(2025, 7, 1), date(2026, 12, 31), "64/2025/TT-BTC"),
        (800_000, date(2027, 1, 1), None, ""),
    ]


def channel(**changes: Any) -> list[dict[str, Any]]:
    return [{"channel": "counter", "time": TIME, "fees": [], "fee_state": "free", **changes}]


def component(**changes: Any) -> list[dict[str, Any]]:
    return [{"key": "p1", "case": None, "name": "Tờ khai", "original": 1, "copy": 0, **changes}]


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"name": ""}, "name"),
        ({"field": "astrology"}, "field"),
        ({"handled_by": "nobody"}, "handled_by"),
        ({"handled_by": "elsewhere", "elsewhere": None}, "elsewhere"),
        ({"handled_by": "elsewhere", "elsewhere": {"who": "X", "link": "javascript:alert(1)"}}, "elsewhere"),
        ({"level": "moon"}, "level"),
        ({"competent_agency": "H49.999"}, "competent_agency"),
        ({"subjects": ["cat"]}, "subjects"),
        ({"subjects": "citizen"}, "subjects"),
        ({"presence": "maybe"}, "presence"),
        ({"channels": channel(channel="pigeon")}, "channels.channel"),
        ({"channels": channel() + channel()}, "channels"),
        ({"channels": channel(time={"amount": 0, "unit": "month"})}, "channels.time.amount"),
        ({"channels": channel(time={"amount": "3Miễn phí", "unit": "month"})}, "channels.time.amount"),
        ({"channels": channel(time={"amount": 3, "unit": "moons"})}, "channels.time.unit"),
        ({"channels": channel(time={"amount": 3, "unit": "month", "none": True})}, "channels.time.none"),
        ({"channels": channel(fee_state="cheap")}, "channels.fee_state"),
        ({"channels": channel(fee_state="amount")}, "channels.fees"),
        ({"channels": channel(fees=[{"kind": "phi", "amount": 5}])}, "channels.fees"),
        ({"channels": channel(fee_state="amount", fees=[{"kind": "phi", "amount": -5}])}, "channels.fees.amount"),
        ({"channels": channel(fee_state="amount", fees=[{"kind": "tip", "amount": 5}])}, "channels.fees.kind"),
        ({"channels": channel(fees=[{"amount": 5, "from": "1/1/2027"}])}, "channels.fees.from"),
        ({"channels": channel(fees=[{"amount": 5, "from": "2027-01-01", "to": "2026-12-31"}])}, "channels.fees.to"),
        ({"components": component(original=20261)}, "components.original"),
        ({"components": component(case="c9")}, "components.case"),
        ({"components": component() + component()}, "components"),
        ({"online_level": {"level": "full", "source": "rule"}}, "online_level.from"),
        ({"online_level": {"level": "full", "from": "2026-07-01"}}, "online_level.source"),
        ({"online_level": {"level": "half", "from": "2026-07-01", "source": "rule"}}, "online_level.level"),
    ],
)
def test_a_bad_procedure_is_refused_with_its_column_and_the_others_are_loaded(
    tmp_path: Path, changes: dict[str, Any], column: str
) -> None:
    lines = [line(code) for code in factories.NAMES]
    lines[1] = {**lines[1], **changes}
    report = load(write(tmp_path, lines))
    assert ("procedures.jsonl", 2, column) in refused(report)
    assert Procedure.objects.count() == len(factories.NAMES) - 1
    kept = Refusal.objects.get(file="catalogue/procedures.jsonl")
    assert json.loads(kept.content) == lines[1]
    assert kept.reason.endswith(".")


@pytest.mark.parametrize("text", ["not json", "[1]", json.dumps(line(CODE), ensure_ascii=False)])
def test_a_line_that_is_no_procedure_or_comes_twice_is_refused(tmp_path: Path, text: str) -> None:
    write(tmp_path)
    with (tmp_path / "catalogue/procedures.jsonl").open("a", encoding="utf-8") as file:
        file.write(text + "\n")
    report = load(tmp_path)
    assert [row for name, row, _ in refused(report) if name == "procedures.jsonl"] == [len(factories.NAMES) + 1]
    assert Procedure.objects.count() == len(factories.NAMES)


def test_life_events_and_synonyms_follow_their_files(tmp_path: Path) -> None:
    load(write(tmp_path))
    assert list(LifeEvent.objects.order_by("position").values_list("key", "audience")) == [
        ("child", "citizen"),
        ("land", "business"),
    ]
    assert LifeEventProcedure.objects.filter(is_official=True).get().procedure.code == CODE
    assert Synonym.objects.get(typed="giaykhaisinh").means == "dang ky khai sinh|ban sao giay khai sinh"
    header = "key,audience,name_vi,name_en,name_pt,icon,procedure_code,official,position\n"
    report = load(
        write(tmp_path, life_events=f"{header}land,business,Đất,,,x,9.999999,0,1\n", synonyms="typed,means\n")
    )
    assert refused(report) == [("life_events.csv", 2, "procedure_code")]
    assert (LifeEvent.objects.count(), Synonym.objects.count()) == (0, 0)


def test_a_column_that_names_nobody_is_refused_in_the_other_files(tmp_path: Path) -> None:
    report = load(
        write(
            tmp_path,
            fields=factories.FIELDS + "x,X,,,,H49.999,,0\n",
            services_2023="code,level,provenance\n9.999999,full,catalogue\n1.001193,information,catalogue\n",
            common="code,position,checked_on,what_was_checked\n1.001193,first,,\n",
        )
    )
    assert sorted(refused(report)) == [
        ("common.csv", 2, "position"),
        ("fields.csv", 5, "agency_2023"),
        ("services_2023.csv", 2, "code"),
        ("services_2023.csv", 3, "level"),
    ]


def test_the_command_prints_what_happened_and_the_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = write(tmp_path)
    (root / "pack.toml").write_text("[pack]\n")
    call_command("load_pack", root)
    printed = capsys.readouterr().out
    assert "catalogue/procedures.jsonl" in printed
    assert "handled by the province                           11" in printed
    call_command("load_pack", root)
    assert "catalogue: unchanged" in capsys.readouterr().out
    with pytest.raises(CommandError, match=r"no pack\.toml"):
        call_command("load_pack", root / "catalogue")


def test_strict_ends_with_an_error_when_a_row_was_refused(tmp_path: Path) -> None:
    root = write(tmp_path, [line(CODE, level="moon")])
    (root / "pack.toml").write_text("[pack]\n")
    with pytest.raises(CommandError, match="refused"):
        call_command("load_pack", root, strict=True)
