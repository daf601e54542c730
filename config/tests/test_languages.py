"""In Vietnamese and in Portuguese no page says anything in English: pages are walked and their texts compared."""

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache as kept
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from config.tests import tree
from motcua.dossiers import services as dossiers
from motcua.dossiers.enums import State
from motcua.dossiers.models import Dossier, Draft
from motcua.dossiers.tests.factories import MONDAY, World, at_step, step, submitted, world
from motcua.eforms import services as eforms
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role
from motcua.kernel.errors import Refused
from motcua.kernel.management.commands import messages
from motcua.places.models import Agency, Centre, Unit
from motcua.places.tests.factories import SINCE

LANGUAGES = ("vi", "pt")
SPOKEN = ("title", "alt", "aria-label", "placeholder", "content")
SILENT = {"script", "style", "svg", "code", "kbd"}
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
# Words that neither Vietnamese nor Portuguese has.
ENGLISH = re.compile(r"\b(the|and|of|is|are|was|has|have|your|you|with|not|this|that|from|what|which|cannot)\b", re.I)


class Texts(HTMLParser):
    """The texts of a page, spoken attributes included, each with the language its element declares."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        language = facts.get("lang", self.open[-1][1] if self.open else "")
        self.found += [(language, facts[name].strip()) for name in SPOKEN if facts.get(name) and tag != "meta"]
        if tag not in VOID:
            self.open.append((tag, language))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.open and not SILENT & {tag for tag, _ in self.open} and data.strip():
            self.found.append((self.open[-1][1], " ".join(data.split())))


@cache
def said_otherwise(language: str) -> re.Pattern[str]:
    """Every text of the interface that this language says in other words."""
    path = settings.LOCALE_PATHS[0] / language / "LC_MESSAGES" / "django.po"
    forms = []
    for message in messages.read(path, language):
        if message.id and message.string:
            ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
            said = message.string if isinstance(message.string, tuple | list) else (message.string,)
            forms += [one for one in ids if one not in said and len(messages.PLACEHOLDER.sub("", one)) > 3]
    patterns = [re.sub(r"%\\?\(\w+\\?\)[a-z]", ".+", re.escape(" ".join(one.split()))) for one in forms]
    return re.compile("|".join(sorted(patterns, key=len, reverse=True)))


def english_in(html: str, language: str) -> list[str]:
    """What a reader of this language would read in English; data marked as another language is not asked about."""
    texts = Texts()
    texts.feed(html)
    said = [text for marked, text in texts.found if marked == language or (marked == "vi" and language == "vi")]
    said = [text for text in said if text != "English"]  # languages are offered by their own names
    return [text for text in said if ENGLISH.search(text) or said_otherwise(language).fullmatch(text)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_english_is_seen(language: str) -> None:
    page = f'<html lang="{language}"><body><p>{{}}</p><p lang="en">This is not yours.</p></body></html>'
    assert english_in(page.format("Search"), language) == ["Search"]
    assert english_in(page.format("Somebody told you so"), language) == ["Somebody told you so"]
    assert english_in(page.format('<input placeholder="Search"/>'), language) == ["Search"]
    assert english_in(page.format("Đăng ký kết hôn, 12:30"), language) == []


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """A request leaves its language behind; the next test starts with the default one."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def here(db: None) -> Iterator[World]:
    kept.clear()
    with time_machine.travel(MONDAY, tick=False):
        made = world(fee=8000)
        made.procedure.common_position = 1
        made.procedure.save(update_fields=["common_position"])
        yield made
    kept.clear()


def browser(language: str, who: Any = None) -> Client:
    client = Client(headers={"accept-language": language})
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return people.sign_in(client, who) if who else client


def wrong_pages(client: Client, language: str, addresses: list[str]) -> list[str]:
    found = []
    for address in addresses:
        answer = client.get(address, follow=True)
        assert answer.status_code == 200, address
        html = answer.content.decode()
        assert f'<html lang="{language}"' in html, address
        found += [f"{address}: {text}" for text in english_in(html, language)]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_everybody_reads(here: World, language: str) -> None:
    names = ["doors:home", "doors:help", "doors:accessibility", "doors:privacy", "catalogue:browse", "dossiers:track"]
    names += ["documents:verify_any", "identity:sign_in", "notifications:outbox"]
    addresses = [reverse(name) for name in names]
    addresses += [reverse("doors:search") + words for words in ("", "?q=khai+sinh", "?q=zzzz")]
    addresses.append(reverse("catalogue:search") + "?q=khai+sinh")
    addresses.append(reverse("catalogue:procedure", args=[here.procedure.code]))
    assert wrong_pages(browser(language), language, addresses) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_errors(here: World, language: str) -> None:
    for address in ("/nowhere/", reverse("dossiers:track") + "?code=ABCDEFGH"):
        nowhere = browser(language).get(address)
        assert nowhere.status_code == 404
        assert english_in(nowhere.content.decode(), language) == []
    bad = SimpleUploadedFile("a.exe", b"MZ")
    answer = browser(language).post(reverse("documents:verify_any"), {"act": "file", "file": bad}, follow=True)
    assert english_in(answer.content.decode(), language) == []
    refused = browser(language, here.citizen_account).get(reverse("dossiers:inbox"))
    assert refused.status_code == 403
    assert english_in(refused.content.decode(), language) == []


def some_dossiers(here: World) -> list[Dossier]:
    """One newly filed, one waiting for papers, one with its handler, one with a result, one handed over or nearly."""
    waiting = at_step(here, "appraise")
    dossiers.request_supplement(
        dossier_id=waiting.pk, items=("Bản sao",), reason="Thiếu.", actor=here.actor(Role.HANDLER), now=MONDAY
    )
    issued = step(here, at_step(here, "clerk"), MONDAY)
    return [submitted(here), waiting, at_step(here, "appraise"), issued]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_citizen_reads(here: World, language: str) -> None:
    addresses = [reverse(name) for name in ("doors:space", "dossiers:own", "notifications:inbox", "identity:account")]
    for dossier in some_dossiers(here):
        addresses.append(reverse("dossiers:status", args=[dossier.pk]))
    client = browser(language, here.citizen_account)
    assert wrong_pages(client, language, addresses) == []
    for new in ("short", "password1234", "123456789012"):
        refused = client.post(reverse("identity:password"), {"current": people.PASSWORD, "new": new})
        assert refused.status_code == 422
        assert english_in(refused.content.decode(), language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_somebody_reads_who_files(here: World, language: str) -> None:
    ward = Unit.objects.create(
        code="06685", name="Phường Hồng Gai", sort_key="hong gai", folded="phuong hong gai", kind="ward",
        valid_from=SINCE,
    )  # fmt: skip
    Agency.objects.filter(pk__in=[here.committee.pk, here.centre.pk]).update(unit=ward)
    Centre.objects.create(agency=here.centre, address="Phường Hồng Gai, tỉnh Quảng Ninh", phone="0203382111")
    eforms.load_forms(settings.PACK, now=MONDAY)
    client = browser(language, here.citizen_account)
    start = reverse("dossiers:start", args=[here.procedure.code])
    assert english_in(client.post(start, {"key": uuid4()}).content.decode(), language) == []  # nothing was chosen
    begun = client.post(start, {"key": uuid4(), "whom": "self", "unit": ward.pk, "centre": ""})
    draft = Draft.objects.get()
    names = ["dossiers:draft_party", "dossiers:draft_papers", "dossiers:draft_review", "dossiers:draft_drop"]
    addresses = [begun["Location"], start, *[reverse(name, args=[draft.pk]) for name in names]]
    assert wrong_pages(client, language, addresses) == []
    for address in (begun["Location"], reverse("dossiers:draft_review", args=[draft.pk])):
        refused = client.post(address, {"key": uuid4(), "expected": Draft.objects.get().version})
        assert refused.status_code == 422
        assert english_in(refused.content.decode(), language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_officers_read(here: World, language: str) -> None:
    made = some_dossiers(here)
    cases = [reverse("dossiers:case", args=[dossier.pk]) for dossier in made]
    seen: set[str] = set()
    for role, account in here.staff.items():
        client = browser(language, account)
        addresses = [reverse(name) for name in ("dossiers:inbox", "dossiers:office_search")]
        if role is Role.LEADER:
            addresses.append(reverse("reporting:ii06"))
        if role is Role.RECEPTION:
            addresses += [reverse(f"dossiers:{name}") for name in ("reception", "handover", "uncollected")]
            addresses += [reverse("dossiers:handover_one", args=[made[-1].pk]), reverse("counter:guidance")]
        visible = [address for address in cases if client.get(address).status_code == 200]
        assert wrong_pages(client, language, addresses + visible) == []
        seen.update(visible)
    assert seen == set(cases)


# What no reader reads as text: comments, translated blocks, classes, letters of keys, the tags themselves.
NOT_READ = re.compile(
    r"\{%\s*(blocktranslate|comment)\b.*?\{%\s*end\1\s*%\}|\{#.*?#\}"
    r"|\{%\s*block (?:density|body_class)\s*%\}.*?\{%\s*endblock\b.*?%\}"
    r"|<(script|style|svg|kbd|code)\b.*?</\2>|<strong lang=\"vi\">Một cửa</strong>",
    re.S,
)


def bare_words(template: str) -> list[str]:
    """Words in a template that no translation can reach, in its text and in spoken attributes."""
    rest = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " ", NOT_READ.sub(" ", template), flags=re.S)
    spoken = re.findall(r"""(?:title|alt|aria-label|placeholder)=["']([^"']*)["']""", rest)
    return re.findall(r"[^\W\d_]{2,}", " ".join([re.sub(r"<[^>]*>", " ", rest), *spoken]))


def test_bare_words_are_seen() -> None:
    assert bare_words('{% translate "Yes" %} <p title="{{ x }}" class="no">7 {{ y }}</p>') == []
    assert bare_words('<p title="Why">{% blocktranslate %}Yes{% endblocktranslate %} Not so</p>') == [
        "Not",
        "so",
        "Why",
    ]


def test_no_template_says_what_cannot_be_translated() -> None:
    found = {}
    for path in tree.HOUSE.glob("*/templates/**/*.html"):
        if "gallery" not in path.as_posix() and (words := bare_words(path.read_text("utf-8"))):
            found[path.name] = words
    assert found == {}


OFFICIAL = {
    1: "Mới đăng ký", 2: "Được tiếp nhận", 3: "Không được tiếp nhận", 4: "Đang xử lý", 5: "Yêu cầu bổ sung giấy tờ",
    6: "Yêu cầu thực hiện nghĩa vụ tài chính", 7: "Công dân yêu cầu rút hồ sơ", 8: "Dừng xử lý", 9: "Đã xử lý xong",
    10: "Đã trả kết quả",
}  # fmt: skip


def test_the_states_have_their_official_names() -> None:
    with translation.override("vi"):
        assert {state.value: str(state.label) for state in State} == OFFICIAL


@pytest.mark.parametrize("language", LANGUAGES)
def test_refusals_are_told_in_the_reader_s_words(here: World, language: str) -> None:
    made = submitted(here)
    with translation.override(language), pytest.raises(Refused) as told:
        dossiers.withdraw(dossier_id=made.pk, reason="", actor=here.actor("citizen"), now=MONDAY)
    assert not ENGLISH.search(str(told.value.message))
