"""Fonts and scripts come out of the wheels complete and small; the styles stay within their budget."""

import gzip
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from motcua.ui import assets

STATIC = Path(__file__).parent.parent / "static" / "ui"
VIETNAMESE = "aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
OTHERS = "ãõçâêôàÇ₫…–“”•−0123456789"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("assets")
    assert len(assets.prepare(folder)) == 5
    return folder


def test_a_second_run_does_nothing(made: Path) -> None:
    assert assets.prepare(made) == []


def test_a_lost_file_is_made_again(tmp_path: Path) -> None:
    assets.prepare(tmp_path)
    (tmp_path / "ui" / "htmx.min.js").unlink()
    assert (tmp_path / "ui" / "htmx.min.js") in assets.prepare(tmp_path)


def test_another_recipe_makes_them_again(made: Path, tmp_path: Path) -> None:
    (tmp_path / "ui").mkdir()
    (tmp_path / "ui" / ".stamp").write_text("old", "utf-8")
    assert len(assets.prepare(tmp_path)) == 5


@pytest.mark.parametrize("weight", assets.WEIGHTS)
def test_fonts_hold_every_letter_we_write(made: Path, weight: str) -> None:
    path = made / "ui" / "fonts" / f"be-vietnam-pro-{weight}.woff2"
    assert path.stat().st_size < 40_000
    with TTFont(path) as font:
        letters = font.getBestCmap()
    text = VIETNAMESE + VIETNAMESE.upper() + OTHERS
    # The minus sign and the bullet fall back to the system's font where the family has none.
    assert not {char for char in text if ord(char) not in letters} - set("−")


def test_htmx_is_the_second_version(made: Path) -> None:
    script = (made / "ui" / "htmx.min.js").read_text("utf-8")
    assert 'version:"2.' in script


def test_styles_and_behaviour_stay_light() -> None:
    styles = [path.read_bytes() for path in STATIC.glob("*.css")]
    assert len(styles) == 4
    assert sum(len(gzip.compress(style)) for style in styles) < 12_000
    assert len(gzip.compress((STATIC / "mc.js").read_bytes())) < 4_000


def test_nothing_is_fetched_from_elsewhere() -> None:
    for path in [*STATIC.glob("*.css"), *STATIC.glob("*.js")]:
        assert "//" not in path.read_text("utf-8").replace("http://www.w3.org/2000/svg", ""), path.name
