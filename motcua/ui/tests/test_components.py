"""Components escape, name themselves to screen readers, and never lean on colour alone."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.http import QueryDict
from django.template import Context, RequestContext, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import translation

from motcua.kernel.paging import Page
from motcua.ui import charts, icons
from motcua.ui import forms as ui_forms
from motcua.ui.templatetags import ui

AT = datetime(2026, 11, 3, 8, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
EVIL = "<script>alert(1)</script>"


def draw(source: str, **context: object) -> str:
    with translation.override("en"):
        return Template("{% load ui %}" + source).render(Context(context))


class Sample(ui_forms.Form):
    name = forms.CharField(label="Name", help_text="As on the card.")
    note = forms.CharField(required=False, widget=forms.Textarea)
    way = forms.ChoiceField(label="Way", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    day = ui_forms.DateField(label="Day", widget=ui_forms.DateParts)
    agrees = forms.BooleanField(label="I agree")


@pytest.mark.parametrize(
    "source",
    [
        "{% mc_button evil %}",
        "{% mc_button evil href='/x' %}",
        "{% mc_button 'a' refusal=evil %}",
        "{% mc_tag evil %}",
        "{% mc_notice title=evil %}{{ evil }}{% endmc_notice %}",
        "{% mc_panel title=evil %}{{ evil }}{% endmc_panel %}",
        "{% mc_details summary=evil %}{{ evil }}{% endmc_details %}",
        "{% mc_stat evil evil evil %}",
        "{% mc_copy evil %}",
        "{% mc_empty evil evil '/x' evil %}",
        "{% mc_file evil '/x' 12 evil evil %}",
        "{% mc_search '/x' evil evil %}",
        "{% mc_icon 'x' evil %}",
        "{% mc_meter 1 2 evil %}",
        "{% mc_table caption=evil %}{% endmc_table %}",
        "{% mc_hero evil evil %}{{ evil }}{% endmc_hero %}",
        "{% mc_summary_row evil %}{{ evil }}{% endmc_summary_row %}",
        "{% mc_qr evil evil evil %}",
    ],
)
def test_whatever_a_person_typed_stays_text(source: str) -> None:
    html = draw(source, evil=EVIL)
    assert "<script" not in html
    assert "&lt;script" in html


def test_an_icon_is_silent_beside_a_word_and_named_alone() -> None:
    assert 'aria-hidden="true"' in icons.icon("search")
    assert 'role="img" aria-label="Search"' in icons.icon("search", "Search")
    with pytest.raises(icons.IconDoesNotExist):
        icons.icon("no-such-icon")


@pytest.mark.parametrize("tone", ui.TONES)
def test_every_tone_has_an_icon_of_its_own_and_the_word(tone: str) -> None:
    html = draw("{% mc_tag 'Word' tone %}", tone=tone)
    assert "<svg" in html
    assert "Word" in html
    assert list(ui.TONES.values()).count(ui.TONES[tone]) == 1


def test_a_button_that_cannot_be_pressed_says_why() -> None:
    html = draw("{% mc_button 'Sign' refusal='The fee is not paid.' hx_post='/x' %}")
    described = re.search(r'aria-describedby="([^"]+)"', html)
    assert described
    assert f'id="{described[1]}">The fee is not paid.' in html
    assert 'type="button"' in html
    assert "hx-post" not in html


def test_a_button_passes_further_attributes_on() -> None:
    html = draw("{% mc_button 'Go' name='act' value='accept' hx_get='/x' disabled=True hidden=None %}")
    for part in ('name="act"', 'value="accept"', 'hx-get="/x"', " disabled"):
        assert part in html
    assert "hidden" not in html


def test_a_field_ties_hint_and_error_to_its_input() -> None:
    form = Sample(QueryDict("name="), auto_id="x_%s")
    html = draw("{% mc_field form.name %}", form=form)
    assert 'for="x_name"' in html
    assert 'aria-describedby="x_name_helptext x_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="x_name_error"' in html
    assert "(optional)" not in html
    assert "(optional)" in draw("{% mc_field form.note %}", form=form)


def test_a_hint_given_by_the_page_is_tied_too() -> None:
    html = draw("{% mc_field form.note hint='Short.' size='m' %}", form=Sample())
    assert 'aria-describedby="id_note_helptext"' in html
    assert "Short." in html


@pytest.mark.parametrize("name", ["way", "day"])
def test_groups_are_fieldsets_with_a_legend(name: str) -> None:
    html = draw("{% mc_field field %}", field=Sample()[name])
    assert html.count("<fieldset") == html.count("<legend") == 1


def test_the_summary_of_errors_leads_to_inputs_that_exist() -> None:
    form = Sample(QueryDict("note=x"))
    html = draw("{% mc_error_summary form %}{{ form }}", form=form)
    targets = re.findall(r'href="#([^"]+)"', html)
    assert targets == ["id_name", "id_way_0", "id_day_0", "id_agrees"]
    for target in targets:
        assert re.search(rf'<input[^>]* id="{target}"', html), target


def test_the_summary_follows_the_page_not_the_moment_an_error_was_found() -> None:
    form = Sample(QueryDict("name=&way=a&day=2020-01-01"))
    form.full_clean()
    form.add_error("note", "Found last.")
    form.add_error(None, "The fee changed meanwhile.")
    html = draw("{% mc_error_summary form %}", form=form)
    order = re.findall(r'<li>(?:<a href="#([^"]+)">)?', html)
    assert order == ["", *(f"id_{name}" for name in form.fields if name in form.errors)]


@pytest.mark.parametrize("form", [Sample(), Sample(QueryDict("name=a&way=a&day=2020-01-01&agrees=on"))])
def test_no_summary_without_errors(form: Sample) -> None:
    assert draw("{% mc_error_summary form %}", form=form).strip() == ""


def test_errors_of_the_whole_form_have_no_link() -> None:
    form = Sample(QueryDict("name=a&way=a&day=2020-01-01&agrees=on"))
    form.add_error(None, "The fee changed meanwhile.")
    html = draw("{% mc_error_summary form %}", form=form)
    assert "<li>The fee changed meanwhile.</li>" in html


def test_steps_name_the_place() -> None:
    items = [
        {"name": "who", "label": "Who", "href": "/1"},
        {"name": "papers", "label": "Papers"},
        {"name": "end", "label": "End"},
    ]
    html = draw("{% mc_steps items 'papers' %}", items=items)
    assert "Step 2 of 3" in html
    assert html.count('aria-current="step"') == 1
    assert 'href="/1"' in html


def test_pages_keep_the_filters_and_swap_the_cursor() -> None:
    request = RequestFactory().get("/x", {"q": "khai sinh", "page": "old"})
    html = draw("{% mc_pagination page %}", request=request, page=Page(rows=[], next="n", previous=""))
    assert "?q=khai+sinh&amp;page=n" in html
    assert "old" not in html
    assert 'rel="prev"' not in html
    assert draw("{% mc_pagination page %}", request=request, page=Page(rows=[], next="", previous="")).strip() == ""


def test_pages_are_found_inside_an_isolated_part() -> None:
    request = RequestFactory().get("/x", {"q": "a"})
    inner = Template("{% mc_pagination page %}")
    outer = Template("{% include inner with page=page only %}")
    html = outer.render(RequestContext(request, {"inner": inner, "page": Page([], "n", "")}))
    assert "?q=a&amp;page=n" in html


def segments(*minutes: int) -> list[dict[str, object]]:
    return [
        {"kind": "work", "label": "Work", "tone": "progress", "minutes": m}
        | {"from": AT + timedelta(hours=h), "to": AT + timedelta(hours=h + 1)}
        for h, m in enumerate(minutes)
    ]


@pytest.mark.parametrize("minutes", [(), (0,), (60,), (60, 0, 120), (0, 0, 0), (1, 480_000), tuple([0] * 400)])
def test_the_bar_never_leaves_its_box(minutes: tuple[int, ...]) -> None:
    bars = charts.clock_bars(segments(*minutes))
    assert len(bars) == len(minutes)
    for bar in bars:
        assert float(bar["width"]) > 0
        assert 0 <= float(bar["x"]) <= charts.WIDTH
        assert float(bar["x"]) + float(bar["width"]) <= charts.WIDTH + 1.1


def test_widths_follow_the_working_time() -> None:
    short, long = charts.clock_bars(segments(60, 180))
    assert float(long["width"]) / float(short["width"]) == pytest.approx(3, rel=0.02)


def test_now_is_marked_only_inside() -> None:
    rows = segments(60, 60)
    assert float(charts.clock_mark(rows, AT + timedelta(hours=1, minutes=30))) == pytest.approx(750, abs=2)
    assert charts.clock_mark(rows, AT + timedelta(days=1)) == ""
    assert charts.clock_mark(rows, None) == ""


def test_the_clock_lists_every_segment_in_words() -> None:
    html = draw("{% mc_clock_bar rows %}", rows=segments(90, 0))
    assert "1 h 30 min" in html
    assert "not counted" in html
    assert "3 Nov 2026, 08:00–09:00" in html


def test_time_by_the_calendar_has_days_of_twenty_four_hours() -> None:
    row = segments(20 * 1440)[0]
    assert "20 days" in draw("{% mc_clock_bar rows %}", rows=[{**row, "day_minutes": 1440}])
    assert "60 days" in draw("{% mc_clock_bar rows %}", rows=[row])


def test_lists_without_rows_still_stand() -> None:
    for tag in (
        "mc_timeline",
        "mc_clock_bar",
        "mc_task_list",
        "mc_chips",
        "mc_tabs",
        "mc_summary_list",
        "mc_breadcrumbs",
    ):
        assert "None" not in draw(f"{{% {tag} rows %}}", rows=[])


@pytest.mark.parametrize(
    "name", ["vnd", "mc_number", "mc_date", "mc_datetime", "mc_time", "minutes", "mask_id", "mc_size"]
)
def test_filters_write_nothing_for_what_is_unknown(name: str) -> None:
    assert draw(f"{{{{ value|{name} }}}}", value=None) == ""


def test_free_is_a_figure_not_a_blank() -> None:
    assert draw("{{ value|vnd }}", value=0) == "0\u00a0₫"


def test_a_wrong_parameter_is_a_mistake_of_the_page() -> None:
    with pytest.raises(TemplateSyntaxError):
        draw("{% mc_field %}")
