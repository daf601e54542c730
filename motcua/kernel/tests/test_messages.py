"""The command that gathers texts: what it finds, what it keeps, what it calls a fault."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from motcua.kernel.management.commands import messages
from motcua.kernel.management.commands.messages import Found, Text

PYTHON = """
from django.utils.translation import gettext as _now, gettext_lazy as _
from django.utils.translation import ngettext, pgettext

LABEL = _("A label")
def say(n):
    return _now("Now, in two "
                "halves"), ngettext("%(n)d day", "%(n)d days", n), pgettext("verb", "Open"), plain("Not this")
"""
TEMPLATE = """{% load i18n %}
  <h1>{% translate "Don't ask" %}</h1> it's {% translate "Open" context "verb" %}
    {% blocktranslate trimmed count n=days %}
      One day
    {% plural %}
      {{ n }} days, 50% off
    {% endblocktranslate %}
  {% mc_button _("A button") title=_('Its title') %}{{ name|default:_("nobody") }}
  {% comment %}{% translate "Not this" %}{% endcomment %}
  {% blocktranslate with who=name asvar line %}Hello {{ who }}{% endblocktranslate %}
"""


@pytest.fixture
def house(tmp_path: Path, settings: Any) -> Path:
    """A small project with one template and one Python file."""
    (tmp_path / "motcua" / "door" / "templates" / "door").mkdir(parents=True)
    (tmp_path / "motcua" / "door" / "tests").mkdir()
    (tmp_path / "motcua" / "door" / "views.py").write_text(PYTHON)
    (tmp_path / "motcua" / "door" / "tests" / "test_views.py").write_text(PYTHON.replace("A label", "Never"))
    (tmp_path / "motcua" / "door" / "templates" / "door" / "page.html").write_text(TEMPLATE)
    settings.ROOT, settings.LOCALE_PATHS = tmp_path, [tmp_path / "locale"]
    return tmp_path


def po(house: Path, language: str = "vi") -> Path:
    return house / "locale" / language / "LC_MESSAGES" / "django.po"


def faults(house: Path, language: str = "vi") -> list[str]:
    return list(messages.faults(po(house, language), messages.gather(house), language))


def only(house: Path, source: str) -> None:
    """Let the project say just this, and gather it."""
    (house / "motcua" / "door" / "templates" / "door" / "page.html").write_text("")
    head = "from django.utils.translation import gettext as _, ngettext\n"
    (house / "motcua" / "door" / "views.py").write_text(head + source)
    call_command("messages", stdout=StringIO())


def translate(house: Path, *strings: str, language: str = "vi") -> None:
    """Fill the one message of the catalogue."""
    path = po(house, language)
    catalogue = messages.read(path, language)
    for message in catalogue:
        if message.id:
            message.string = strings[0] if isinstance(message.id, str) else strings
    messages.write(catalogue, path)


def test_everything_said_is_found_and_nothing_else(house: Path) -> None:
    found = messages.gather(house)
    assert found.complaints == []
    assert set(found.texts) == {
        Text("", "A label", ""),
        Text("", "Now, in two halves", ""),
        Text("", "%(n)d day", "%(n)d days"),
        Text("verb", "Open", ""),
        Text("", "Don't ask", ""),
        Text("", "One day", "%(n)s days, 50%% off"),
        Text("", "A button", ""),
        Text("", "Its title", ""),
        Text("", "nobody", ""),
        Text("", "Hello %(who)s", ""),
    }
    assert found.texts[Text("verb", "Open", "")] == {"motcua/door/templates/door/page.html", "motcua/door/views.py"}


@pytest.mark.parametrize("call", ["_(name)", '_(f"Hello {name}")', '_("Hello " + name)', 'ngettext("a day", many, 2)'])
def test_what_nobody_can_translate_is_a_fault(house: Path, call: str) -> None:
    with pytest.raises(CommandError, match=r"views\.py:2: only a plain text"):
        only(house, call)


def test_the_files_are_the_same_whenever_they_are_written(house: Path) -> None:
    call_command("messages", stdout=StringIO())
    first = po(house).read_text()
    call_command("messages", stdout=StringIO())
    assert po(house).read_text() == first
    assert '"Plural-Forms: nplurals=1; plural=0;\\n"' in first
    assert "#: motcua/door/views.py\n" in first  # no line numbers
    assert "Date" not in first
    assert "@" not in first


def test_translations_are_kept_as_long_as_the_text_is_said(house: Path) -> None:
    only(house, '_("First")')
    translate(house, "Thứ nhất")
    only(house, '_("First")\n_("Second")')
    assert 'msgstr "Thứ nhất"' in po(house).read_text()
    only(house, '_("Second")')
    assert "First" not in po(house).read_text()


def test_a_guess_is_no_translation(house: Path) -> None:
    only(house, '_("First")')
    translate(house, "Thứ hai")
    text = po(house).read_text()
    po(house).write_text(text.replace("#: motcua", "#, fuzzy\n#: motcua"))
    assert faults(house) == ["fuzzy: 'First'"]
    call_command("messages", stdout=StringIO())
    assert "Thứ hai" not in po(house).read_text()


def test_the_source_language_is_complete_by_itself(house: Path) -> None:
    call_command("messages", stdout=StringIO())
    assert faults(house, "en") == []
    assert 'msgstr[1] "%(n)d days"' in po(house, "en").read_text()


def test_what_is_missing_or_left_over_is_a_fault(house: Path) -> None:
    assert faults(house) == ["there is no catalogue; run `bin/motcua messages`"]
    only(house, '_("First")')
    assert faults(house) == ["not translated: 'First' (motcua/door/views.py)"]
    (house / "motcua" / "door" / "views.py").write_text("")
    assert faults(house) == ["obsolete: 'First'; run `bin/motcua messages`"]
    text = "from django.utils.translation import gettext as _\n_('Other')"
    (house / "motcua" / "door" / "views.py").write_text(text)
    assert faults(house)[0].startswith("not gathered: 'Other' (motcua/door/views.py)")


@pytest.mark.parametrize(
    ("source", "string", "what"),
    [
        ("To %(name)s", "Cho %(nam)s", "placeholders"),
        ("To %(name)s", "Cho", "placeholders"),
        ("To {name}", "Cho {}", "placeholders"),
        ("Call <a href='x'>us</a>", "Gọi <a href='x'>chúng tôi", "tags"),
        ("Line\\n", "Dòng", "line breaks"),
    ],
)
def test_a_translation_keeps_what_the_program_fills_in(house: Path, source: str, string: str, what: str) -> None:
    only(house, f'_("{source}")')
    translate(house, string)
    assert what in faults(house)[0]


def test_plurals_have_the_forms_of_the_language(house: Path) -> None:
    only(house, 'ngettext("One day", "%(n)d days", 2)')
    translate(house, "%(n)d ngày")
    assert faults(house) == []
    translate(house, "Một ngày")
    assert "placeholders" in faults(house)[0]
    translate(house, "Um dia", "%(n)d dias", language="pt")
    assert faults(house, "pt") == []  # the singular needs no number
    translate(house, "Um dia", "dias", language="pt")
    assert "placeholders" in faults(house, "pt")[0]
    text = po(house, "pt").read_text()
    po(house, "pt").write_text(text.replace("nplurals=2", "nplurals=3"))
    assert any("Plural-Forms" in fault for fault in faults(house, "pt"))


def test_the_check_fails_and_writes_nothing(house: Path) -> None:
    with pytest.raises(CommandError, match="vi: there is no catalogue"):
        call_command("messages", check=True, stdout=StringIO())
    assert not (house / "locale").exists()


def test_nothing_said_is_nothing_found(tmp_path: Path) -> None:
    assert messages.gather(tmp_path) == Found()
