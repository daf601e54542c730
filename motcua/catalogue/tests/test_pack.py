"""The province's own pack: every row is read, the counts hold, the commonest things are found."""

from datetime import datetime

import pytest
from django.conf import settings
from django.core.management import call_command

from motcua.catalogue import queries, services
from motcua.catalogue.models import Procedure, ServiceLevel
from motcua.kernel.clock import ZONE
from motcua.places import services as places
from motcua.places.models import Refusal

NOW = datetime(2026, 11, 23, 9, tzinfo=ZONE)
EXPECTED = {
    "khai sinh": "1.001193", "khaisinh": "1.001193", "dang ky ket hon": "1.000894", "làm giấy khai sinh": "1.001193",
    "kết hôn đăng ký": "1.000894", "khai tử": "1.000656", "giấy độc thân": "1.004873", "sao y": "2.000815",
    "mở cửa hàng": "1.001612", "hộ kinh doanh": "1.001612", "hộ khẩu": "1.004222", "bằng lái xe": "3.000348",
    "tách thửa": "1.012784", "birth certificate": "1.001193", "casamento": "1.000894", "giam ho": "1.004837",
    "dang ki khai snih": "1.001193", "1.004837": "1.004837", "giấy khai sanh": "1.001193", "làm căn cước": "1.014063",
    "chứng tử": "1.000656",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.django_db
def test_the_pack_loads_whole_and_answers(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_pack", settings.PACK)
    printed = capsys.readouterr().out
    assert list(Refusal.objects.values_list("file", "row", "reason")) == []
    counts = dict(queries.counts(NOW.date()))
    assert counts["procedures"] == 2734
    assert counts["handled by the province"] == 1977
    assert counts["of the province's: checked one by one"] >= 59
    assert f"{1977:>8,}" in printed
    times = [counts["time known and verified"], counts["time known, not verified"], counts["time unknown"]]
    assert sum(times) == 1977
    assert sum(counts[f"fee: {state}"] for state in ("free", "amount", "formula", "unknown")) == 1977
    past = ServiceLevel.objects.in_force(datetime(2023, 6, 30).date())
    assert [past.filter(level=level).count() for level in ("full", "partial")] == [1017, 445]
    assert not Procedure.objects.handled_here().filter(process_key="").exists()
    _answers()
    _loads_again_in_a_moment()


def _answers() -> None:
    for typed, code in EXPECTED.items():
        found = queries.search(typed, on=NOW.date())
        assert found.procedures, typed
        assert found.procedures[0].code == code, typed


def _loads_again_in_a_moment() -> None:
    assert places.load_places(settings.PACK, now=NOW).is_skipped
    assert services.load_catalogue(settings.PACK, now=NOW).is_skipped
