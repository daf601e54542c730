from datetime import timedelta

import pytest
import zxingcpp
from django.core.management import call_command
from PIL import Image

from motcua.documents import examples, samples, services
from motcua.kernel.errors import Refused

CARDS = {"lan": "022190000123||Phạm Thị Lan|05021990|Nữ|Phường Mạo Khê, Quảng Ninh|01012022"}
LIMIT = 3_000_000


@pytest.fixture
def written(tmp_path, settings):
    settings.BLOBS = tmp_path / "blobs"
    settings.UPLOAD_LIMIT = LIMIT
    folder = tmp_path / "samples"
    paths = samples.write(folder, cards=CARDS, limit=LIMIT, now=examples.NOW)
    return {str(path.relative_to(folder)): path for path in paths}


def hold(path):
    return services.hold(upload=path.read_bytes(), name=path.name)


def test_papers_to_upload_are_accepted(written):
    papers = [path for name, path in written.items() if path.suffix in {".pdf", ".jpg", ".png"} and "/" not in name]
    assert len(papers) == 5
    for path in papers:
        assert hold(path).name == path.name
        assert path.stat().st_size < 400_000


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("program.pdf", "name_and_content_differ"),
        ("photo.jpg.exe", "type_not_accepted"),
        ("damaged.pdf", "broken"),
        ("protected.pdf", "encrypted"),
        ("empty.pdf", "empty"),
        ("too-large.pdf", "too_large"),
    ],
)
def test_each_file_to_be_refused_is_refused_for_its_reason(written, name, code):
    with pytest.raises(Refused) as refused:
        hold(written[f"refused/{name}"])
    assert refused.value.code == code
    assert f"refused/{name}" in written["README.txt"].read_text()


def test_a_card_scans_to_its_text(written):
    (found,) = zxingcpp.read_barcodes(Image.open(written["id-card-lan.png"]))
    assert found.text == CARDS["lan"]
    assert CARDS["lan"] in written["id-cards.txt"].read_text("utf-8")


def test_without_people_there_are_no_cards(tmp_path):
    paths = samples.write(tmp_path, cards={}, limit=LIMIT, now=examples.NOW)
    assert not [path for path in paths if path.name.startswith("id-card")]


def test_the_command_prints_every_paper(tmp_path, capsys):
    call_command("documents", "sample", "--out", str(tmp_path))
    names = {path.stem for path in tmp_path.glob("*.pdf")}
    assert names == {name for name, _ in examples.all_prints()}
    assert "slip.pdf" in capsys.readouterr().out


@pytest.mark.django_db
def test_the_command_sweeps(tmp_path, settings, capsys, monkeypatch):
    settings.BLOBS = tmp_path / "blobs"
    services.hold(upload=services.print_form(examples.stop()), name="a.pdf")
    call_command("documents", "sweep")
    assert capsys.readouterr().out == "0 files removed.\n"
    monkeypatch.setattr("motcua.kernel.clock.now", lambda: examples.NOW + timedelta(days=3650))
    call_command("documents", "sweep")
    assert capsys.readouterr().out == "1 files removed.\n"
