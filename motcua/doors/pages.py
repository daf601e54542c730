"""What the pages of the doors show, put together from the modules below."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _

from motcua.catalogue import queries as catalogue
from motcua.catalogue.enums import Channel, OnlineLevel
from motcua.catalogue.models import Procedure
from motcua.doors import queries
from motcua.dossiers import queries as dossiers
from motcua.dossiers.enums import ResultForm, State
from motcua.dossiers.models import Dossier, Draft, Supplement
from motcua.identity import queries as identity
from motcua.kernel.actor import Actor
from motcua.notifications import queries as notifications
from motcua.ui import formats, nav

# The wizard's steps that are no sections of the form, with their pages.
STEPS = {"": "draft_party", "for-whom": "draft_party", "all-papers": "draft_papers", "check-and-send": "draft_review"}
ONLINE = (OnlineLevel.FULL.value, OnlineLevel.PARTIAL.value)


def procedure_cards(found: Sequence[Procedure]) -> list[dict[str, Any]]:
    """Procedures as cards of the home: name, time limit, whether they can be done online."""
    prefetch_related_objects(found, "channels")
    cards = []
    for one in found:
        rules = {rule.channel: rule for rule in one.channels.all()}
        rule = rules.get(Channel.ONLINE) or rules.get(Channel.COUNTER)
        level = one.online_level  # type: ignore[attr-defined]
        limit = catalogue.time_limit(rule) if rule else ""
        cards.append({"procedure": one, "time_limit": limit, "is_online": level in ONLINE})
    return cards


def draft_link(draft: Draft) -> dict[str, Any]:
    """A draft with the address where its writer left off."""
    if draft.step in STEPS:
        href = reverse(f"dossiers:{STEPS[draft.step]}", args=[draft.pk])
    else:
        href = reverse("dossiers:draft", args=[draft.pk, draft.step])
    return {"draft": draft, "href": href}


def space(actor: Actor, now: datetime) -> dict[str, Any]:
    """Everything of "my space", in a constant number of queries."""
    turns = dossiers.own_turns(actor).rows
    waiting = {row.pk for row in turns}
    unclosed = [row for row in dossiers.own_dossiers(actor, is_open=True).rows if row.pk not in waiting]
    ready = [row for row in unclosed if row.state == State.RESOLVED]
    past = [*ready, *dossiers.own_dossiers(actor, is_open=False, size=queries.SHOWN).rows][: 2 * queries.SHOWN]
    ended = queries.ended(past, now)
    return {
        "now": now,
        "tasks": [*_to_answer(turns), *_to_collect(ended)],
        "drafts": [draft_link(draft) for draft in queries.drafts(actor, most=queries.SHOWN)],
        "under_way": queries.under_way(unclosed, now)[: queries.SHOWN],
        "ended": ended,
        "messages_latest": queries.latest_messages(actor),
        "unread": notifications.unread(actor.person_id),
        "looks": identity.looks_at(actor.person_id, limit=3) if actor.person_id else [],
        "links": [link for link in nav.links(nav.SPACE, actor) if link.href != reverse("doors:space")],
        "is_empty": not (turns or unclosed or past),
    }


def _to_answer(turns: Sequence[Dossier]) -> list[dict[str, Any]]:
    asked = queries.asked(turns)
    return [_supplement(row, asked.get(row.pk)) if row.state == State.SUPPLEMENT else _payment(row) for row in turns]


def _supplement(row: Dossier, asked: Supplement | None) -> dict[str, Any]:
    until = asked.limit_at if asked else None
    hint = _("until %(day)s") % {"day": formats.day(until)} if until else ""
    return {
        "dossier": row, "label": _("Send what is missing"), "what": asked.items if asked else [],
        "until": hint, "href": reverse("dossiers:supplement", args=[row.pk]), "icon": "file-plus",
        "tone": "waiting", "state": row.get_state_display(),
    }  # fmt: skip


def _payment(row: Dossier) -> dict[str, Any]:
    return {
        "dossier": row, "label": _("Pay what is open"), "what": [], "until": "",
        "href": reverse("dossiers:status", args=[row.pk]), "icon": "wallet", "tone": "waiting",
        "state": row.get_state_display(),
    }  # fmt: skip


def _to_collect(ended: Sequence[queries.Ended]) -> list[dict[str, Any]]:
    return [
        {
            "dossier": one.dossier,
            "label": _("Collect your result"),
            "what": [one.dossier.receiving_agency.display_name],
            "until": "",
            "href": reverse("dossiers:status", args=[one.dossier.pk]),
            "icon": "package-check",
            "tone": "done",
            "state": one.dossier.get_state_display(),
        }
        for one in ended
        if one.dossier.state == State.RESOLVED and one.dossier.result_form == ResultForm.PAPER
    ]
