"""What every act on a case does the same way: lock, check, write down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from motcua.documents import queries as document_queries
from motcua.documents import services as documents
from motcua.documents.enums import Kind as DocumentKind
from motcua.kernel import acts, audit, clock, outbox
from motcua.kernel.actor import Actor, shown_name
from motcua.kernel.errors import Conflict
from motcua.places import queries as places
from motcua.places.calendar import WorkingCalendar
from motcua.support import rules, terms
from motcua.support.enums import OPEN, Action, Happening, Limit, Publication, Shelf, State
from motcua.support.models import Feedback, Stay, StoryLine
from motcua.support.rules.limits import starting

OWNER = "support.feedback"  # under which documents belong to a case
HELD = "support.unsent"  # under which files wait, by the key of their form, until it is sent


@dataclass(frozen=True, slots=True)
class Taken:
    """A case locked for an act, with its present stay. `is_repeat`: the same form came before."""

    case: Feedback
    stay: Stay
    is_repeat: bool = False


def take(
    *, feedback_id: UUID, action: Action, actor: Actor, now: datetime, expected: int | None, key: UUID | None,
    has_pass: bool = False,
) -> Taken:  # fmt: skip
    """Claim the form, lock the case among those the actor may see, compare the version, ask the rules.

    Raises `Feedback.DoesNotExist`, `Conflict` or `Refused`.
    """
    done = acts.claim(key, name=f"support.{action.value}", result_id=feedback_id, actor=actor)
    rows = Feedback.objects.filter(person=None) if has_pass else _seen(action, actor)
    case = rows.for_update().get(pk=feedback_id)
    stays = list(Stay.objects.filter(feedback=case).order_by("-number"))
    if done is not None:
        if done != feedback_id:
            raise Conflict(_("This form belongs to another case. Open this one again and repeat the act."))
        return Taken(case, stays[0], is_repeat=True)
    rules.check_version(case, expected, last=last_words(case) if expected not in (None, case.version) else "")
    rules.require(action, case, actor, facts_of(case, stays, now=now, has_pass=has_pass))
    return Taken(case, stays[0])


def _seen(action: Action, actor: Actor) -> Any:
    if actor.is_system:
        return Feedback.objects.all()
    if action in rules.REPORTER_ACTS:
        return Feedback.objects.own_of(actor)
    return Feedback.objects.at_work_of(actor)


def facts_of(case: Feedback, stays: Sequence[Stay], *, now: datetime, has_pass: bool = False) -> rules.Facts:
    """The facts the rules need; `stays` latest first."""
    present = stays[0]
    return rules.Facts(
        now=now, agencies=frozenset(stay.agency_id for stay in stays), was_asked=present.asked_at is not None,
        reply_by=present.reply_by, is_repeated=hasattr(case, "repeated_by"), has_pass=has_pass,
    )  # fmt: skip


def terms_of(case: Feedback) -> dict[Limit, terms.Term]:
    """The limits in force on the day the case was received."""
    return terms.terms(case.kind, case.about, clock.local(case.received_at).date())


def calendar_of(agency_id: UUID) -> WorkingCalendar:
    """When an agency works."""
    return places.working_calendar(places.kept_agency(agency_id))


def new_stay(case: Feedback, *, number: int, agency_id: UUID, at: datetime) -> Stay:
    """The unsaved stay of a case that arrives at an agency."""
    start = starting(at, terms_of(case), calendar_of(agency_id))
    return Stay(
        feedback=case, number=number, agency_id=agency_id, arrived_at=at, sort_due_at=start.sort_due_at,
        forward_due_at=start.forward_due_at, ask_due_at=start.ask_due_at, handle_due_at=start.handle_due_at,
        original_due_at=start.handle_due_at,
    )  # fmt: skip


def shelve(case: Feedback, stay: Stay, now: datetime) -> None:
    """Put the case where it belongs in the lists of the office: by what has to be done next, and by when."""
    case.due_at = rules.next_due(case, stay)
    if case.due_at is not None:
        case.shelf, case.sort_at = Shelf.TO_DO, case.due_at
    elif case.state in OPEN:
        case.shelf, case.sort_at = Shelf.WAITING, stay.reply_by or now
    else:
        case.shelf, case.sort_at = Shelf.DONE, case.closed_at or now


def write(
    case: Feedback, stay: Stay, action: Action | str, what: Happening, event: Any, *, actor: Actor, now: datetime,
    note: str = "", is_public: bool = True, desk_id: UUID | None = None, **facts: Any,
) -> Feedback:  # fmt: skip
    """Save the case with its next version, its stay, its story, the evidence and the event.

    `desk_id`: the agency that acts, where that is not the one that has the case now.
    """
    shelve(case, stay, now)
    case.version += 1
    case.save()
    stay.save()
    tell(case, what, actor=actor, now=now, note=note, is_public=is_public, desk_id=desk_id)
    audit.record(actor, f"support.{action}", case, now=now, state=case.state, agency=str(case.agency_id), **facts)
    outbox.publish(event)
    return case


def tell(
    case: Feedback, what: Happening, *, actor: Actor, now: datetime, note: str = "", is_public: bool = True,
    desk_id: UUID | None = None,
) -> None:  # fmt: skip
    """Add a line to the case's story. Who sent it stands only in the case itself, never in the story."""
    desk = desk_id or case.agency_id
    is_office = desk in actor.agencies() and (case.person_id is None or case.person_id != actor.person_id)
    StoryLine.objects.create(
        feedback=case, at=now, what=what, state=case.state, who=actor.name if is_office else "",
        agency_id=desk if is_office else None, note=note, is_public=is_public,
    )  # fmt: skip


def last_words(case: Feedback) -> str:
    """“X did Y at hh:mm”, for a person whose page is out of date."""
    line = case.story.order_by("-at", "-pk").first()
    if line is None:
        return ""
    who, time = shown_name(line.who) or _("the reporter"), f"{clock.local(line.at):%H:%M}"
    facts = {"who": who, "what": line.get_what_display(), "time": time}
    return _("%(what)s (%(who)s, %(time)s)") % facts


def waiting_files(files_from: UUID | None) -> list[UUID]:
    """The files that wait under the key of a form."""
    if files_from is None:
        return []
    return list(document_queries.documents_of(HELD, files_from).values_list("pk", flat=True))


def keep_files(case: Feedback, files_from: UUID | None, files: Sequence[UUID], *, actor: Actor, now: datetime) -> None:
    """Pass the files that waited under the key of a form into the custody of the case."""
    if files and files_from is not None:
        documents.attach(
            document_ids=files, from_kind=HELD, from_id=files_from, owner_kind=OWNER, owner_id=case.pk,
            kind=DocumentKind.EVIDENCE, actor=actor, now=now,
        )  # fmt: skip


def publication_of(case: Feedback) -> Publication:
    """What becomes of an answer: published where the reporter agreed; a complaint is nobody else's business."""
    return Publication.PENDING if case.may_publish else Publication.NOT_WANTED


def close(case: Feedback, state: State, text: str, *, actor: Actor, now: datetime) -> None:
    """End the case with an answer or a reason."""
    case.state, case.answer = state, text.strip()
    case.closed_at, case.closed_by = now, actor.name
