"""Loading: versions, refusals, and what a procedure asks on a day."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from motcua.eforms import queries, rules, services
from motcua.eforms.models import FormDefinition, ResultTemplate
from motcua.eforms.tests.factories import FORMS, NOW, PACK, TODAY, field, form
from motcua.kernel.models import AuditEntry
from motcua.places import kept
from motcua.places.models import Unit

pytestmark = pytest.mark.django_db

SMALL = """
key = "{key}"
procedures = {procedures}
legal_basis = "1/2020/TT"
valid_from = {valid_from}
title = {{ vi = "A", en = "A", pt = "A" }}
[[sections]]
key = "page"
title = {{ vi = "A", en = "A", pt = "A" }}
fields = [ {{ key = "{field}", type = "text", label = {{ vi = "A", en = "A", pt = "A" }} }} ]
"""


def write(folder: Path, name: str, **facts: str) -> Path:
    facts = {"key": name, "procedures": "[]", "valid_from": "2024-01-01", "field": "x", **facts}
    (folder / f"{name}.toml").write_text(SMALL.format(**facts), "utf-8")
    return folder


def test_the_pack_loads_once() -> None:
    first = services.load_forms(PACK, now=NOW)
    assert first.refused == ()
    assert first.loaded == first.changed == FormDefinition.objects.count() >= 13
    assert AuditEntry.objects.filter(action="eforms.publish_formdefinition").count() == first.changed
    assert services.load_forms(FORMS, now=NOW).is_skipped
    again = services.load_forms(FORMS, now=NOW, force=True)
    assert (again.loaded, again.changed, again.is_skipped) == (first.loaded, 0, False)
    assert queries.form_for("1.001193", TODAY).key == "birth"
    assert queries.form_for("9.999999", TODAY).key == "generic"
    assert queries.form_for("1.001193", date(2023, 1, 1)).key == "generic"
    assert queries.form_keys(TODAY)["1.000894"] == "marriage"


def test_a_changed_form_is_a_new_version_and_the_old_one_stays(tmp_path: Path) -> None:
    services.load_forms(write(write(tmp_path, "generic"), "one", procedures='["1.000001"]'), now=NOW)
    write(tmp_path, "one", procedures='["1.000001"]', field="y")
    assert services.load_forms(tmp_path, now=NOW).changed == 1
    assert queries.form_for("1.000001", TODAY).version == 2
    assert queries.form_for("1.000001", TODAY - timedelta(days=1)).version == 1
    old = queries.definition("one", 1)
    assert [field.key for field in old.fields()] == ["x"]
    write(tmp_path, "one", procedures="[]", field="y")
    services.load_forms(tmp_path, now=NOW)
    assert queries.form_for("1.000001", TODAY).key == "generic"


def test_unchanged_files_are_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    services.load_forms(write(tmp_path, "generic"), now=NOW)
    read: list[str] = []
    monkeypatch.setattr(services, "_toml", lambda file, _refused: read.append(file.name))
    assert services.load_forms(tmp_path, now=NOW).is_skipped
    assert read == []
    write(tmp_path, "one")
    assert not services.load_forms(tmp_path, now=NOW).is_skipped
    assert read == ["generic.toml", "one.toml"]


def test_a_new_law_has_its_own_first_day(tmp_path: Path) -> None:
    services.load_forms(write(write(tmp_path, "generic"), "one", procedures='["1.000001"]'), now=NOW)
    services.load_forms(write(tmp_path, "one", procedures='["1.000001"]', field="y", valid_from="2027-01-01"), now=NOW)
    assert queries.form_for("1.000001", date(2026, 12, 31)).version == 1
    assert queries.form_for("1.000001", date(2027, 1, 1)).version == 2


def test_a_wrong_file_is_refused_and_the_others_are_loaded(tmp_path: Path) -> None:
    write(tmp_path, "good", procedures='["1.000001"]')
    write(tmp_path, "thief", procedures='["1.000001"]')
    write(tmp_path, "twin", key="good")
    write(tmp_path, "date", valid_from='"soon"')
    write(tmp_path, "field", field="X Y")
    (tmp_path / "broken.toml").write_text("key = ", "utf-8")
    report = services.load_forms(tmp_path, now=NOW)
    assert (report.loaded, report.changed) == (1, 1)
    assert {(one.file, one.where) for one in report.refused} == {
        ("thief.toml", "procedures"), ("twin.toml", "key"), ("date.toml", "valid_from"), ("field.toml", "page"),
        ("broken.toml", ""),
    }  # fmt: skip
    assert all(one.reason for one in report.refused)
    assert services.load_forms(tmp_path, now=NOW).refused == report.refused, "what was refused is said each time"


def test_reading_a_form_again_costs_nothing_once_the_pack_is_loaded(django_assert_num_queries: object) -> None:
    kept.renew("places", "loaded")
    services.load_forms(PACK, now=NOW)
    queries.form_for("1.001193", TODAY)
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert queries.form_for("1.001193", TODAY).section("child")


def test_without_a_pack_it_says_so() -> None:
    with pytest.raises(FormDefinition.DoesNotExist, match="generic"):
        queries.form_for("1.001193", TODAY)
    with pytest.raises(ResultTemplate.DoesNotExist):
        queries.template_for("1.001193", TODAY)


def test_a_load_that_fails_midway_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(FORMS, tmp_path / "forms")

    def broken(*_args: object, **_facts: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(services.audit, "record", broken)
    with pytest.raises(RuntimeError):
        services.load_forms(tmp_path, now=NOW)
    assert not FormDefinition.objects.exists()


def unit(code: str, name: str, kind: str, valid_from: date, valid_to: date | None, parent: Unit | None = None) -> Unit:
    return Unit.objects.create(
        code=code, name=name, sort_key=name, folded=name, kind=kind, parent=parent,
        valid_from=valid_from, valid_to=valid_to,
    )  # fmt: skip


def test_addresses_name_the_units_of_the_day(django_assert_num_queries: object) -> None:
    day, last = date(2025, 7, 1), date(2025, 6, 30)
    province = unit("22", "Tỉnh Quảng Ninh", "province", date(2020, 1, 1), None)
    city = unit("193", "Thành phố Hạ Long", "city", date(2020, 1, 1), last, province)
    unit("06652", "Phường Trần Hưng Đạo", "ward", date(2020, 1, 1), last, city)
    unit("06676", "Phường Hồng Gai", "ward", day, None, province)
    with django_assert_num_queries(2):  # type: ignore[operator]  # the mark of the packs, the units
        assert queries.units_on(day) == {"06676": rules.Unit("06676", "Phường Hồng Gai", "Tỉnh Quảng Ninh")}
    before = queries.units_on(last)["06652"]
    assert (before.name, before.within) == ("Phường Trần Hưng Đạo", "Thành phố Hạ Long, Tỉnh Quảng Ninh")
    home = form(field("home", "address", required=True))
    typed = {"home": {"unit": "06652", "street": "Số 1"}}
    assert (
        queries.validate(home, typed, today=last)
        .answers["home"]["text"]
        .startswith("Số 1, Phường Trần Hưng Đạo, Thành")
    )
    assert "home-unit" in queries.validate(home, typed, today=day).errors
