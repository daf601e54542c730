"""The components. Each larger one is a file in `templates/ui/components/` that opens with its parameters."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import count
from typing import Any

from django import template
from django.forms import (
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    FileInput,
    Form,
    RadioSelect,
    Select,
    Textarea,
)
from django.forms.utils import flatatt
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from motcua.kernel.actor import shown_name
from motcua.kernel.paging import Page
from motcua.ui import charts, formats, icons

register = template.Library()

TONES = {
    "neutral": "circle",
    "info": "info",
    "progress": "circle-dot",
    "waiting": "pause",
    "late": "clock-alert",
    "done": "circle-check",
    "refused": "ban",
    "warning": "triangle-alert",
}
_serial = count(1)


def _attributes(attrs: Mapping[str, Any]) -> str:
    """Further attributes of a tag: underscores become hyphens, None and False are left out."""
    return flatatt({key.replace("_", "-"): value for key, value in attrs.items() if value not in (None, False)})


@register.simple_tag
def mc_icon(name: str, label: str = "") -> SafeString:
    """An inline icon; `label` only when no word stands beside it."""
    return icons.icon(name, str(label))


@register.simple_tag
def mc_tag(label: str, tone: str = "neutral", icon: str = "") -> SafeString:
    """A state in one word with its icon: tones neutral info progress waiting late done refused warning."""
    shown = icons.icon(icon or TONES[tone])
    return format_html('<span class="mc-tag mc-tone-{}">{}<span>{}</span></span>', tone, shown, label)


@register.inclusion_tag("ui/components/button.html")
def mc_button(
    label: str,
    href: str = "",
    kind: str = "secondary",
    type: str = "submit",
    name: str = "",
    value: str = "",
    icon: str = "",
    refusal: str = "",
    **attrs: Any,
) -> dict[str, Any]:
    """A button, or with `href` a link that looks like one; `refusal` says why the act cannot be done now."""
    return {
        "label": label,
        "href": href,
        "kind": kind,
        "type": type,
        "name": name,
        "value": value,
        "icon": icon,
        "refusal": refusal,
        "refusal_id": f"mc-refusal-{next(_serial)}" if refusal else "",
        "attrs": _attributes(attrs),
    }


def _kind(field: BoundField) -> str:
    widget = field.field.widget
    if isinstance(widget, CheckboxInput):
        return "checkbox"
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "choices"
    if widget.use_fieldset:
        return "group"
    if isinstance(widget, FileInput):
        return "file"
    return "select" if isinstance(widget, Select) else "textarea" if isinstance(widget, Textarea) else "text"


INPUT_CLASSES = {"select": "mc-select", "textarea": "mc-textarea", "text": "mc-input", "file": "mc-file-input"}


@register.inclusion_tag("ui/components/field.html")
def mc_field(
    field: BoundField,
    label: str = "",
    hint: str = "",
    size: str = "",
    known: str = "",
    heading: bool = False,
    inline: bool = False,
    **attrs: Any,
) -> dict[str, Any]:
    """Label, hint, where a known value comes from, errors and input of one bound field."""
    kind = _kind(field)
    if hint:
        field.help_text = hint
    own = str(field.field.widget.attrs.get("class", ""))
    classes = f"{INPUT_CLASSES.get(kind, '')} {own}".strip()
    extra = {key.replace("_", "-"): value for key, value in attrs.items()}
    widget_attrs = {"class": classes, **extra} if classes else extra
    return {
        "field": field,
        "kind": kind,
        "label": label or field.label,
        "hint": field.help_text,
        "errors": field.errors,
        "input": "" if kind == "choices" else field.as_widget(attrs=widget_attrs),
        "options": list(field) if kind == "choices" else [],
        "described_by": field.aria_describedby or "",
        "size": size,
        "known": known,
        "heading": heading,
        "inline": inline,
        "optional": not field.field.required and kind != "checkbox",
    }


@register.inclusion_tag("ui/components/error_summary.html")
def mc_error_summary(form: Form) -> dict[str, Any]:
    """Every error of a refused form in the order of its fields, each with a link; nothing for a form without errors."""
    rows, places = [], list(form.fields)
    found = form.errors.items() if form.is_bound else ()
    for name, errors in sorted(found, key=lambda one: places.index(one[0]) if one[0] in places else -1):
        bound = form[name] if name in form.fields else None
        target = ""
        if bound and not bound.is_hidden:
            target = f"{bound.auto_id}_0" if _kind(bound) in ("choices", "group") else bound.auto_id
        rows += [{"href": f"#{target}" if target else "", "text": text} for text in errors]
    return {"rows": rows}


@register.simple_block_tag
def mc_notice(content: str, tone: str = "info", title: str = "", icon: str = "") -> SafeString:
    """A block that tells something important in its tone."""
    context = {"content": content, "tone": tone, "title": title, "icon": icon or TONES[tone]}
    return render_to_string("ui/components/notice.html", context)


@register.simple_block_tag
def mc_panel(content: str, title: str = "", tone: str = "plain", icon: str = "", level: int = 2) -> SafeString:
    """A block set apart from the page, with a title."""
    context = {"content": content, "title": title, "tone": tone, "icon": icon, "level": level}
    return render_to_string("ui/components/panel.html", context)


@register.simple_block_tag
def mc_details(content: str, summary: str, is_open: bool = False) -> SafeString:
    """A block that opens and closes."""
    context = {"content": content, "summary": summary, "is_open": is_open}
    return render_to_string("ui/components/details.html", context)


@register.simple_block_tag
def mc_table(
    content: str,
    caption: str,
    show_caption: bool = False,
    cards: bool = False,
    dense: bool = False,
    wide: bool = False,
) -> SafeString:
    """A table with its caption; on phones rows may become cards, `wide` ones scroll sideways."""
    context = {"content": content, "caption": caption, "show_caption": show_caption}
    return render_to_string("ui/components/table.html", context | {"cards": cards, "dense": dense, "wide": wide})


@register.simple_block_tag
def mc_hero(content: str, title: str, text: str = "") -> SafeString:
    """The top of the portal, around the search."""
    return render_to_string("ui/components/hero.html", {"content": content, "title": title, "text": text})


@register.simple_block_tag
def mc_summary_row(content: str, key: str, href: str = "", action: str = "") -> SafeString:
    """One row of a summary with its value as a block."""
    context = {"row": {"key": key, "value": content, "href": href, "action": action}}
    return render_to_string("ui/components/summary_row.html", context)


@register.inclusion_tag("ui/components/summary_list.html")
def mc_summary_list(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Questions and answers, each with a link to change it."""
    blank = {"key": "", "value": "", "href": "", "action": ""}
    return {"rows": [{**blank, **row} for row in rows]}


@register.inclusion_tag("ui/components/steps.html")
def mc_steps(items: Iterable[Mapping[str, Any]], current: str) -> dict[str, Any]:
    """The named steps of a wizard: done, current, later."""
    steps = [{"href": "", **item, "is_current": item["name"] == current} for item in items]
    place = next((number for number, step in enumerate(steps, 1) if step["is_current"]), len(steps) + 1)
    for number, step in enumerate(steps, 1):
        step["is_done"] = number < place
    label = steps[place - 1]["label"] if place <= len(steps) else ""
    return {"steps": steps, "place": place, "total": len(steps), "label": label}


@register.inclusion_tag("ui/components/timeline.html")
def mc_timeline(events: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What happened, as a list with times."""
    blank = {"text": "", "about": "", "name": "", "by": "", "href": "", "tone": "neutral"}
    rows = [{**blank, **event} for event in events]
    for row in rows:
        row["icon"] = row.get("icon") or TONES[row["tone"]]
    return {"events": rows}


@register.inclusion_tag("ui/components/clock_bar.html")
def mc_clock_bar(
    segments: Iterable[Mapping[str, Any]], now: datetime | None = None, is_open: bool = False
) -> dict[str, Any]:
    """The explained clock: a bar of segments and the list that adds up to it."""
    rows = [
        {
            **segment,
            "span": formats.span(segment["from"], segment["to"]),
            "length": formats.working_minutes(segment["minutes"], segment.get("day_minutes", formats.DAY_MINUTES)),
        }
        for segment in segments
    ]
    return {"segments": rows, "bars": charts.clock_bars(rows), "mark": charts.clock_mark(rows, now), "is_open": is_open}


@register.inclusion_tag("ui/components/meter.html")
def mc_meter(value: float, maximum: float, label: str, tone: str = "progress") -> dict[str, Any]:
    """A share as a bar with its words."""
    share = min(max(value / maximum, 0), 1) if maximum else 0
    return {"width": f"{share * 100:.2f}", "label": label, "tone": tone}


@register.inclusion_tag("ui/components/pagination.html", takes_context=True)
def mc_pagination(context: template.Context, page: Page[Any], label: str = "") -> dict[str, Any]:
    """Links to the neighbours of a `kernel.paging.Page`; the other parameters of the address are kept."""
    # Inside `include … only` the variables are gone, but the context still knows its request.
    request = getattr(context, "request", None) or context["request"]
    links = {}
    for side, cursor in (("next", page.next), ("previous", page.previous)):
        query = request.GET.copy()
        query["page"] = cursor
        links[f"{side}_href"] = f"?{query.urlencode()}" if cursor else ""
    return {**links, "label": label}


@register.inclusion_tag("ui/components/chips.html")
def mc_chips(items: Iterable[Mapping[str, Any]], label: str = "") -> dict[str, Any]:
    """Filters as links."""
    blank = {"count": None, "is_active": False, "is_removable": False, "icon": ""}
    return {"items": [{**blank, **item} for item in items], "label": label}


@register.inclusion_tag("ui/components/tabs.html")
def mc_tabs(items: Iterable[Mapping[str, Any]], label: str = "") -> dict[str, Any]:
    """Pages beside each other, as links."""
    return {"items": [{"count": None, "is_current": False, **item} for item in items], "label": label}


@register.inclusion_tag("ui/components/breadcrumbs.html")
def mc_breadcrumbs(items: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Pairs (label, address); the page itself comes last, with an empty address."""
    return {"items": list(items)}


@register.inclusion_tag("ui/components/task_list.html")
def mc_task_list(items: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What is still to be done, each with its state."""
    blank = {"href": "", "hint": "", "tone": "neutral", "icon": ""}
    return {"items": [{**blank, **item} for item in items]}


@register.inclusion_tag("ui/components/empty.html")
def mc_empty(title: str, text: str = "", href: str = "", action: str = "", icon: str = "inbox") -> dict[str, Any]:
    """An empty list that says what to do."""
    return {"title": title, "text": text, "href": href, "action": action, "icon": icon}


@register.inclusion_tag("ui/components/stat.html")
def mc_stat(value: Any, label: str, comparison: str = "", href: str = "", tone: str = "neutral") -> dict[str, Any]:
    """A figure with its comparison and the way to its rows."""
    return {"value": value, "label": label, "comparison": comparison, "href": href, "tone": tone}


@register.inclusion_tag("ui/components/search.html")
def mc_search(
    action: str, label: str, value: str = "", name: str = "q", hint: str = "", large: bool = False
) -> dict[str, Any]:
    """A search box with its button."""
    ids = f"mc-search-{next(_serial)}"
    return {"action": action, "label": label, "value": value, "name": name, "hint": hint, "large": large, "id": ids}


@register.inclusion_tag("ui/components/file.html")
def mc_file(
    name: str, href: str = "", size: int | None = None, note: str = "", state: str = "", tone: str = "neutral"
) -> dict[str, Any]:
    """A paper of the dossier with its size and what was said about it."""
    return {"name": name, "href": href, "size": size, "note": note, "state": state, "tone": tone}


@register.inclusion_tag("ui/components/read.html")
def mc_read(part: str) -> dict[str, Any]:
    """A button that reads a part of the page aloud, where the browser has a voice."""
    return {"part": part}


@register.inclusion_tag("ui/components/copy.html")
def mc_copy(code: str, label: str = "") -> dict[str, Any]:
    """A code that can be read out and copied."""
    return {"code": code, "label": label}


@register.inclusion_tag("ui/components/qr.html")
def mc_qr(svg: str, label: str, text: str = "") -> dict[str, Any]:
    """A QR code made by the server, with words."""
    return {"svg": svg, "label": label, "text": text}


@register.filter
def vnd(amount: int | None) -> str:
    """Whole đồng in the reader's form; nothing for an unknown amount."""
    return "" if amount is None else formats.vnd(amount)


@register.filter
def mc_number(value: int | None) -> str:
    """A whole number with the reader’s thousands mark."""
    return "" if value is None else formats.number(int(value))


@register.filter
def mc_who(name: str) -> str:
    """Who did something: a job of the system is no name."""
    return shown_name(name or "")


@register.filter(expects_localtime=False)
def mc_date(value: date | datetime | None) -> str:
    """The calendar day in the province."""
    return "" if value is None else formats.day(value)


@register.filter(expects_localtime=False)
def mc_datetime(value: datetime | None) -> str:
    """Hour, minute and day in the province."""
    return "" if value is None else formats.moment(value)


@register.filter(expects_localtime=False)
def mc_time(value: datetime | None) -> str:
    """Hour and minute in the province."""
    return "" if value is None else formats.clock_time(value)


@register.filter
def minutes(value: int | None) -> str:
    """Working minutes in words, by days of 480 minutes."""
    return "" if value is None else formats.working_minutes(value)


@register.filter
def mc_short(value: str, limit: int) -> str:
    """At most so many characters, ended after a whole word."""
    return formats.short(value, int(limit))


@register.filter
def mask_id(value: str | None) -> str:
    """An identifier of which only the last three characters can be read."""
    return formats.masked(value) if value else ""


@register.filter
def mc_size(value: int | None) -> str:
    """A file size in kB or MB."""
    return "" if value is None else formats.file_size(value)


@register.filter
def mc_phone(value: str | None) -> str:
    """A telephone number in groups."""
    return formats.phone(value) if value else ""
