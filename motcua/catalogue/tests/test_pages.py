"""The catalogue's pages: for everybody, in words, in as few queries at 1 row as at 20."""

from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.test import Client
from django.utils.html import strip_tags
from pytest_django import DjangoAssertNumQueries

from motcua.catalogue.models import Procedure
from motcua.catalogue.tests import factories
from motcua.catalogue.tests.factories import line, load, write

pytestmark = pytest.mark.django_db
BIRTH = "/procedures/1.001193/"


class Languages(HTMLParser):
    """The texts of a page's body with the language they are marked with."""

    VOID = ("input", "meta", "link", "br", "img", "hr", "path", "circle", "rect", "line")

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str] = [""]
        self.texts: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.stack.append("" if tag == "title" else dict(attrs).get("lang") or self.stack[-1])

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            self.stack.pop()

    def handle_data(self, data: str) -> None:
        if self.stack[-1] != "" and data.strip():
            self.texts.append((data, self.stack[-1]))


@pytest.fixture
def reader() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def _loaded(tmp_path: Path) -> None:
    load(write(tmp_path))


def text(response: object) -> str:
    return " ".join(strip_tags(response.content.decode()).split())


@pytest.mark.usefixtures("_loaded")
def test_a_procedure_answers_the_readers_questions_in_order(reader: Client) -> None:
    page = text(reader.get(BIRTH))
    parts = [
        "In short",
        "Is this for me?",
        "What do I need?",
        "How long does it take",
        "Where and how?",
        "What do I get?",
        "The law",
    ]
    places = [page.index(part) for part in parts]
    assert places == sorted(places)
    assert "1 original, 2 copies" in page
    assert "1 working day" in page
    assert "8,000" in page
    assert "Luật Hộ tịch" in page
    assert "Checked line by line on 23 Nov 2026." in page


@pytest.mark.usefixtures("_loaded")
def test_what_is_not_known_or_not_checked_is_said(reader: Client) -> None:
    page = text(reader.get(BIRTH))
    assert "Not known yet" in page
    assert "The officer writes the date on your receipt slip." in page
    assert "The fee is taken from the text of the procedure, not yet checked." in page
    assert "The service level follows a rule and is not yet checked." in page


def test_an_unknown_fee_never_reads_as_free(reader: Client, tmp_path: Path) -> None:
    channel = {"channel": "counter", "time": {}, "fees": [], "fee_state": "unknown"}
    load(write(tmp_path, [line("1.001193", channels=[channel])]))
    page = text(reader.get(BIRTH))
    assert "Not known yet: ask before you pay" in page
    assert "Free of charge" not in page
    assert "No due date" not in page


def test_only_the_fee_of_today_is_shown(reader: Client, tmp_path: Path) -> None:
    past = {"kind": "phi", "amount": 300_000, "to": "2025-06-30"}
    now = {"kind": "phi", "amount": 400_000, "from": "2025-07-01", "to": "2026-12-31", "text": "Sau đó 800.000 đồng"}
    later = {"kind": "phi", "amount": 800_000, "from": "2027-01-01"}
    channel = {"channel": "counter", "time": {}, "fee_state": "amount"}
    load(write(tmp_path, [line("1.001193", channels=[{**channel, "fees": [past, now, later]}])]))
    page = text(reader.get(BIRTH))
    assert "400,000" in page
    assert "Sau đó 800.000 đồng" in page
    assert "300,000" not in page
    assert "800,000" not in page
    load(write(tmp_path, [line("1.001193", channels=[{**channel, "fee_verified": 1, "fees": [past, later]}])]))
    page = text(reader.get(BIRTH))
    assert "Not known yet: ask before you pay" in page
    assert "00,000" not in page


def test_a_partial_service_publishes_its_reason(reader: Client, tmp_path: Path) -> None:
    level = {"level": "partial", "partial_reason": "presence", "from": "2026-07-01", "source": "rule", "verified": 0}
    load(write(tmp_path, [line("1.001193", online_level=level, presence="both_parties")]))
    page = text(reader.get(BIRTH))
    assert "Partial online service" in page
    assert "The law asks you to come in person." in page
    assert "Both parties have to come together in person." in page


@pytest.mark.usefixtures("_loaded")
def test_what_another_authority_handles_has_guidance_and_a_link_and_no_start(reader: Client) -> None:
    response = reader.get("/procedures/1.004222/")
    page = text(response)
    assert "Công an cấp xã receives and decides this." in page
    assert "Where to bring it" not in page
    assert b'href="https://dichvucong.gov.vn"' in response.content
    assert "Start online" not in page


@pytest.mark.usefixtures("_loaded")
def test_an_ended_procedure_says_so(reader: Client) -> None:
    Procedure.objects.filter(code="1.001193").update(valid_to="2026-01-31")
    page = text(reader.get(BIRTH))
    assert "This procedure ended on 31 Jan 2026." in page
    assert "Start online" not in page


@pytest.mark.usefixtures("_loaded")
def test_an_unknown_code_is_not_found(reader: Client) -> None:
    assert reader.get("/procedures/9.999999/").status_code == 404
    assert reader.get("/procedures/%01/").status_code == 404
    assert reader.get("/procedures/?field=%01").status_code == 200
    assert reader.get("/procedures/?field=ho-tich&page=%01").status_code == 200
    assert reader.post(BIRTH).status_code == 405


@pytest.mark.usefixtures("_loaded")
@pytest.mark.parametrize("address", ["/procedures/", BIRTH, "/search/?q=khai", "/procedures/?field=ho-tich"])
def test_catalogue_text_is_marked_vietnamese(reader: Client, address: str) -> None:
    languages = Languages()
    languages.feed(reader.get(address).content.decode())
    found = [language for words, language in languages.texts if "khai sinh" in words and "xample" not in words]
    assert found
    assert set(found) == {"vi"}


@pytest.mark.usefixtures("_loaded")
def test_browse_offers_every_way_in(reader: Client) -> None:
    page = reader.get("/procedures/")
    shown = text(page)
    for part in (
        "What people do most",
        "Having a child",
        "Civil status (9)",
        "Department of Justice (2)",
        "Businesses",
    ):
        assert part in shown
    assert b'href="?life=child"' in page.content


@pytest.mark.usefixtures("_loaded")
@pytest.mark.parametrize(
    ("query", "count", "title"),
    [
        ("field=ho-tich", 9, "Civil status"),
        ("life=child", 2, "Having a child"),
        ("agency=H49.11", 2, "Department of Justice"),
        ("level=province", 2, "Province"),
        ("field=nope", 0, "Procedures"),
        ("field=ho-tich&audience=business", 0, "Civil status"),
    ],
)
def test_a_filter_makes_a_list(reader: Client, query: str, count: int, title: str) -> None:
    response = reader.get(f"/procedures/?{query}")
    assert len(response.context["rows"]) == count
    assert f"<h1>{title}</h1>" in response.content.decode()
    assert ("No procedure matches all of this." in text(response)) == (count == 0)


def test_lists_go_on_page_by_page_without_loss(reader: Client, tmp_path: Path) -> None:
    load(write(tmp_path, [line(f"1.{number:06}") for number in range(45)]))
    seen, address = [], "/procedures/?field=ho-tich"
    while address:
        response = reader.get(address)
        seen += [row["procedure"].code for row in response.context["rows"]]
        cursor = response.context["page"].next
        address = f"/procedures/?field=ho-tich&page={cursor}" if cursor else ""
    assert seen == sorted(f"1.{number:06}" for number in range(45))


@pytest.mark.usefixtures("_loaded")
def test_search_page_and_the_part_htmx_asks_for(reader: Client) -> None:
    whole = reader.get("/search/", {"q": "khaisinh"})
    assert b"<html" in whole.content
    assert "Shown for khai sinh." in text(whole)
    part = reader.get("/search/", {"q": "khaisinh"}, headers={"hx-request": "true"})
    assert b"<html" not in part.content
    assert b"/procedures/1.001193/" in part.content


@pytest.mark.usefixtures("_loaded")
def test_the_search_box_works_without_and_with_htmx(reader: Client) -> None:
    for address, asks in (("/procedures/", "/search/suggest/"), ("/search/", "/search/")):
        content = reader.get(address).content.decode()
        assert 'action="/search/"' in content
        assert f'hx-get="{asks}"' in content


@pytest.mark.usefixtures("_loaded")
def test_search_keeps_what_was_typed_and_says_what_to_do(reader: Client) -> None:
    response = reader.get("/search/", {"q": '<script>"zzz', "audience": "martian"})
    assert response.status_code == 200
    assert b"<script>&quot;" not in response.content
    assert b'value="&lt;script&gt;&quot;zzz"' in response.content
    assert "Try fewer or simpler words" in text(response)
    assert "Type what you want to do" in text(reader.get("/search/"))


@pytest.mark.usefixtures("_loaded")
def test_suggestions_while_typing(reader: Client) -> None:
    assert b"/procedures/1.001193/" in reader.get("/search/suggest/", {"q": "khai s"}).content
    assert reader.get("/search/suggest/", {"q": "k"}).content.strip() == b""
    assert "Nothing yet." in text(reader.get("/search/suggest/", {"q": "zzzz"}))


@pytest.mark.parametrize(
    "address", ["/procedures/", "/procedures/?field=ho-tich", "/search/?q=thu", "/search/suggest/?q=thu"]
)
def test_queries_do_not_grow_with_the_rows(
    reader: Client, tmp_path: Path, address: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    load(write(tmp_path, [line(f"1.{number:06}", name=f"Thu {number}") for number in range(20)]))
    reader.get(address)  # what is kept in memory is read once
    with django_assert_max_num_queries(7) as captured:
        reader.get(address)
    many = len(captured)
    Procedure.objects.exclude(code="1.000001").update(valid_to="2020-01-01")
    with django_assert_max_num_queries(7) as captured:
        reader.get(address)
    assert len(captured) == many


def test_in_vietnamese_and_portuguese_names_follow_the_reader(tmp_path: Path) -> None:
    load(write(tmp_path))
    assert "Hộ tịch (9)" in text(Client(headers={"accept-language": "pt"}).get("/procedures/"))
    assert factories.NAMES["1.001193"] in text(Client(headers={"accept-language": "vi"}).get(BIRTH))
