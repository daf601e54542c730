"""A section as a page: drawn by the server, sent without a script, nothing typed is lost."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test import Client
from django.utils.translation import override

from motcua.eforms import rules, sections
from motcua.eforms.tests.factories import FACTS, TODAY, UNITS, choices, field, form, pack_form, pack_forms, words


def page_of(
    definition: rules.Definition, answers: dict[str, Any] | None = None, **options: Any
) -> sections.SectionPage:
    key = options.pop("section", definition.sections[0].key)
    return sections.section_form(
        definition, key, answers or {}, today=TODAY, language=options.pop("language", "en"), units=UNITS, **options
    )


def html_of(page: sections.SectionPage) -> str:
    return render_to_string("eforms/_section.html", {"page": page})


class Inputs(HTMLParser):
    """Names and values as a browser would send them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self.labels: set[str] = set()
        self.ids: list[str] = []
        self._select = self._area = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        found = dict(attrs)
        if found.get("id"):
            self.ids.append(found["id"])
        if tag == "label":
            self.labels.add(found["for"])
        if tag == "input" and (found.get("type") not in ("checkbox", "radio", "file") or "checked" in found):
            self.sent.setdefault(found["name"], []).append(found.get("value", ""))
        self._select = found["name"] if tag == "select" else self._select
        if tag == "option" and "selected" in found:
            self.sent[self._select] = [found["value"]]
        self._area = found["name"] if tag == "textarea" else ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.sent[self._area] = [data.strip()]


def again(html: str, **changes: str) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, values in Inputs(html).sent.items():
        data.setlist(name, values)
    for name, value in changes.items():
        data[name.replace("__", "-")] = value
    return data


@pytest.mark.parametrize("key", pack_forms())
@pytest.mark.parametrize("language", ["vi", "en", "pt"])
def test_every_section_of_the_pack_is_drawn(key: str, language: str) -> None:
    definition = pack_form(key)
    with override(language):
        for section in definition.sections:
            page = page_of(
                definition, rules.prefill(definition, FACTS), section=section.key, language=language, facts=FACTS
            )
            html = html_of(page)
            found = Inputs(html)
            assert len(found.ids) == len(set(found.ids))
            for one in section.fields:
                if one.when is None or "data-mc-when" in html:
                    assert rules.say(one.label, language).replace("'", "&#x27;") in html
            names = [name for name in page.form.fields if not page.form[name].is_hidden]
            assert {page.form[name].id_for_label for name in names if page.form[name].id_for_label} <= found.labels
            assert "style=" not in html
            assert "onclick" not in html


def test_a_first_visit_shows_what_the_account_knows() -> None:
    definition = pack_form("birth")
    html = html_of(page_of(definition, rules.prefill(definition, FACTS), facts=FACTS))
    assert 'value="Trần Thị Bình"' in html
    assert 'value="022190001234"' in html
    assert '<option value="06652" selected>' in html
    assert html.count("From your account") == 3
    assert "mc-error" not in html


def test_what_an_earlier_page_says_is_not_asked_again() -> None:
    definition = pack_form("birth")
    said = {**rules.prefill(definition, FACTS), "requester_relation": "mother"}
    page = page_of(definition, said, section="mother")
    assert (page.draft["mother_name"], page.draft["mother_residence"]["unit"]) == ("Trần Thị Bình", "06652")
    assert "father_name" not in page_of(definition, said, section="father").draft
    assert page_of(definition, {**said, "mother_name": "Lê An"}, section="mother").draft["mother_name"] == "Lê An"
    assert page_of(definition, said, section="mother", data=QueryDict("mother_name=")).draft["mother_name"] == ""


def test_a_page_starts_with_what_most_people_answer() -> None:
    definition = form(field("land", "nationality", default="VN"))
    assert page_of(definition).draft == {"land": "VN"}
    assert page_of(definition, {"land": ""}).draft == {"land": ""}
    assert page_of(definition, data=QueryDict("land=")).draft == {"land": ""}


def test_a_list_keeps_what_was_chosen_and_escapes_it() -> None:
    definition = form(field("land", "nationality"))
    html = html_of(page_of(definition, {"land": "PT"}))
    assert html.count(" selected>") == 1
    assert '<option value="PT" selected>Portugal</option>' in html
    evil = html_of(page_of(definition, {"land": '"><script>'}))
    assert "<script" not in evil
    assert " selected>" not in evil


def test_what_was_typed_is_kept_beside_its_error() -> None:
    definition = pack_form("birth")
    page = page_of(
        definition, section="child", data=QueryDict("child_name=Lê An&child_birth=31/2/2026&birth_at=facility")
    )
    html = html_of(page)
    assert not page.is_valid
    assert 'value="31/2/2026"' in html
    assert "Write a real day" in html
    assert page.draft["child_birth"] == "31/2/2026"
    assert page.form.errors["birth_place-unit"]
    assert 'href="#f-child_birth"' in render_to_string_summary(page)


def render_to_string_summary(page: sections.SectionPage) -> str:
    from django.template import engines

    return str(engines["django"].from_string("{% mc_error_summary form %}").render({"form": page.form}))


def test_a_right_page_gives_answers_and_shows_them_again() -> None:
    definition = form(field("day", "date"), field("many", "multi", choices=choices("a", "b")), field("tick", "boolean"))
    page = page_of(definition, data=QueryDict("day=1.2.2020&many=a&many=b&tick=on"))
    assert page.is_valid
    assert page.answers == {"day": "2020-02-01", "many": ["a", "b"], "tick": True}
    html = html_of(page_of(definition, page.answers))
    assert 'value="01/02/2020"' in html
    assert html.count("checked") == 3
    assert page_of(definition, page.answers, data=again(html)).answers == page.answers
    assert page_of(definition, page.answers, data=QueryDict("day=1.2.2020")).draft["tick"] is False


def test_dependent_questions_are_there_without_a_script() -> None:
    kind = field("kind", "choice", choices=choices("a", "b"), required=True)
    definition = form(kind, field("why", required=True, when={"field": "kind", "is": "a"}))
    html = html_of(page_of(definition))
    assert "Only if “Kind” is: A." in html
    assert "&quot;kind&quot;: &quot;in&quot;" in html
    assert page_of(definition, data=QueryDict("kind=b&why=typed")).is_valid
    refused = page_of(definition, data=QueryDict("kind=a&why="))
    assert refused.form.errors == {"why": ["Fill in “Why”."]}


def test_what_an_earlier_page_settles_is_left_out() -> None:
    kind = field("kind", "choice", choices=choices("a", "b"), required=True)
    when = {"field": "kind", "is": "a"}
    both = {"all": [when, {"field": "x", "answered": True}]}
    definition = form(
        sections=[
            {"key": "one", "title": words("One"), "fields": [kind]},
            {"key": "two", "title": words("Two"), "fields": [field("x"), field("y", when=when), field("z", when=both)]},
        ]
    )
    asked = {entry.key: entry.when for entry in page_of(definition, {"kind": "a"}, section="two").entries}
    assert asked["y"] == ""
    assert '"answered"' in asked["z"]
    assert [entry.key for entry in page_of(definition, {"kind": "b"}, section="two").entries] == ["x"]


CHILDREN = field(
    "children",
    "rows",
    min_rows=1,
    max_rows=3,
    fields=[field("name", "full_name", required=True), field("home", "address")],
)


def test_rows_grow_and_shrink_by_buttons_that_send() -> None:
    definition = form(CHILDREN)
    html = html_of(page_of(definition))
    assert 'name="children-0-name"' in html
    more = page_of(definition, data=again(html, **{"children__0__name": "1 sai", "rows": "add:children"}))
    assert (more.is_valid, more.result.errors) == (False, {})
    assert [row.get("name") for row in more.draft["children"]] == ["1 sai", None]
    html = html_of(page_of(definition, more.draft))
    assert 'name="children-1-home-unit"' in html
    assert 'value="1 sai"' in html
    less = page_of(
        definition, more.draft, data=again(html, **{"children__1__name": "Lê An", "rows": "remove:children:0"})
    )
    assert [row["name"] for row in less.draft["children"]] == ["Lê An"]
    assert page_of(definition, less.draft, data=again(html_of(page_of(definition, less.draft)))).is_valid
    full = html_of(page_of(definition, {"children": [{"name": "A B"}] * 3}))
    assert 'value="add:children"' not in full


def test_return_sends_the_page_and_not_a_row_button() -> None:
    html = html_of(page_of(form(CHILDREN)))
    first = re.search(r"<button[^>]*>", html)
    assert first
    assert "name=" not in first[0]
    assert html.count('formaction="#ef-children"') == 2


def test_a_file_is_handed_over_and_asked_for_once() -> None:
    definition = form(field("plan", "file", required=True))
    assert "plan" in page_of(definition, data=QueryDict("")).result.errors
    upload = SimpleUploadedFile("plan.pdf", b"%PDF")
    page = page_of(definition, data=QueryDict("plan=x"), files={"plan": upload})
    assert page.is_valid
    assert page.uploads == {"plan": upload}
    assert "plan" not in page.draft
    kept = {"plan": {"document": "0197", "name": "plan.pdf"}}
    later = page_of(definition, kept, data=QueryDict(""))
    assert later.is_valid
    assert later.answers == kept
    assert "Already added: plan.pdf" in html_of(later)


def test_coming_back_from_the_review_shows_the_errors() -> None:
    definition = form(field("day", "date", required=True))
    assert page_of(definition, {"day": "x"}).form.errors == {}
    assert page_of(definition, {"day": "x"}, show_errors=True).form.errors
    with pytest.raises(KeyError):
        page_of(definition, section="nothing")


@pytest.mark.urls("motcua.eforms.tests.urls")
@pytest.mark.django_db
def test_a_browser_without_script_fills_in_a_section(client: Client) -> None:
    address = "/eform/certified-copy/papers/"
    assert "Papers to be certified" in client.get(address).content.decode()
    sent = {"papers-0-paper_name": "Bằng", "papers-0-paper_issuer": "vietnam", "papers-0-paper_pages": "2"}
    refused = client.post(address, sent).content.decode()
    assert "Saved." not in refused
    assert 'href="#f-papers-0-paper_copies"' in refused
    assert 'value="Bằng"' in refused
    assert "Saved." in client.post(address, {**sent, "papers-0-paper_copies": "1"}).content.decode()
