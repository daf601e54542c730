"""Every pair of colours that the styles use can be read: 7:1 for running text, 4.5:1 for the rest, 3:1 for edges."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parent.parent / "static" / "ui"
TOKENS = dict(re.findall(r"--(mc-[\w-]+): (#[0-9a-f]{6});", (STATIC / "tokens.css").read_text("utf-8")))


def pairs(*grounds: tuple[str, str]) -> list[tuple[str, str]]:
    """(text, ground) for every text named after its ground."""
    return [(text, ground) for ground, texts in grounds for text in texts.split()]


BODY = pairs(
    ("white", "ink ink-soft"),
    ("mist", "ink ink-soft"),
    ("jade-100", "ink"),
    ("signal-100", "ink"),
    ("red-100", "ink"),
)
TEXT = pairs(
    ("jade-100", "ink-soft jade-700 jade-800 jade-900"),
    ("white", "jade-700 red"),
    ("mist", "jade-700 red"),
    ("signal", "ink"),
    ("signal-strong", "ink"),
    ("signal-100", "signal-ink"),
    ("red-100", "red"),
    ("jade-600", "white"),
    ("jade-700", "white on-dark"),
    ("jade-800", "white on-dark"),
    ("jade-900", "white on-dark"),
)
EDGES = pairs(
    ("white", "line-strong jade-600 red"),
    ("mist", "line-strong"),
    ("signal", "ink"),
    ("jade-700", "white"),
)


def luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(TOKENS[f"mc-{one}"]), luminance(TOKENS[f"mc-{other}"])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_formula_knows_black_on_white() -> None:
    assert (luminance("#ffffff") + 0.05) / (luminance("#000000") + 0.05) == pytest.approx(21)


@pytest.mark.parametrize(("text", "ground"), BODY)
def test_running_text(text: str, ground: str) -> None:
    assert contrast(text, ground) >= 7


@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_short_text(text: str, ground: str) -> None:
    assert contrast(text, ground) >= 4.5


@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_and_marks(edge: str, ground: str) -> None:
    assert contrast(edge, ground) >= 3


def test_styles_use_tokens_for_all_colours_but_three_greys() -> None:
    for name in ("base.css", "components.css", "print.css"):
        loose = set(re.findall(r"#[0-9a-fA-F]{3,8}\b", (STATIC / name).read_text("utf-8")))
        assert loose <= {"#edf2f0", "#b9c7c1"}, name


def test_every_token_that_is_used_exists() -> None:
    styles = "".join(path.read_text("utf-8") for path in STATIC.glob("*.css"))
    defined = set(re.findall(r"(--(?:mc-)?[\w-]+):", styles))
    assert set(re.findall(r"var\((--[\w-]+)", styles)) <= defined
