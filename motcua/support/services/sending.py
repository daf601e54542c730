"""Sending a case: by a person signed in, or by anybody who can be reached."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from motcua.dossiers import queries as dossiers
from motcua.dossiers import rules as dossier_rules
from motcua.dossiers.models import Dossier
from motcua.identity.models import Person
from motcua.kernel import acts, audit, clock, ids, outbox
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Refused
from motcua.places import queries as places
from motcua.places.models import Agency
from motcua.support import rules, terms
from motcua.support.enums import About, Action, Happening, Kind
from motcua.support.events import FeedbackReceived
from motcua.support.models import Feedback, Stay
from motcua.support.rules import Sent
from motcua.support.services import base

DAY = timedelta(days=1)


@transaction.atomic
def send(
    *, sent: Sent, actor: Actor, now: datetime, files_from: UUID | None = None, key: UUID | None = None,
    has_pass: bool = False,
) -> Feedback:  # fmt: skip
    """Receive a case and put it on the desk of the agency it concerns; its clock starts (Decision 766/QĐ-TTg, 5.2).

    About a dossier it goes to the agency competent for that dossier, without a known agency to the province's centre.
    `files_from` is the key under which its files wait (`base.HELD`); `has_pass` proves a repeated case sent without an
    account. The same `key` again gives the first case.

    Raises `Refused`: text, contact, phone, sign_in, dossier, too_many, files, agency, law, and for a repeated case
    those of `Action.REPEAT`.
    """
    case_id = ids.uuid7()
    done = acts.claim(key, name="support.send", result_id=case_id, actor=actor)
    if done is not None:
        return Feedback.objects.get(pk=done)
    _lock_reporter(actor)
    files = base.waiting_files(files_from)
    rules.require_sendable(
        sent, is_signed_in=actor.person_id is not None, sent_today=_sent_today(sent, actor, now),
        most_a_day=terms.practice().cases_a_day, files=len(files),
    )  # fmt: skip
    earlier = _repeated(sent, actor, now, has_pass=has_pass)
    dossier = _dossier(sent.dossier_code, actor)
    case = _new(case_id, sent, actor, now)
    case.dossier, case.repeats = dossier, earlier
    case.agency_id = _first_desk(sent, dossier, earlier, now)
    case.is_agency_unknown = sent.agency_id is None and dossier is None and earlier is None
    stay = base.new_stay(case, number=1, agency_id=case.agency_id, at=now)
    _save(case, stay, actor=actor, now=now)
    base.keep_files(case, files_from, files, actor=actor, now=now)
    if earlier is not None:
        base.tell(earlier, Happening.REPEATED, actor=actor, now=now, note=case.code)
        audit.record(actor, "support.repeat", earlier, now=now, by=str(case.pk))
    return case


def _save(case: Feedback, stay: Stay, *, actor: Actor, now: datetime) -> None:
    base.shelve(case, stay, now)
    case.save(force_insert=True)
    stay.save(force_insert=True)
    base.tell(case, Happening.RECEIVED, actor=actor, now=now)
    audit.record(actor, "support.send", case, now=now, kind=case.kind, about=case.about, agency=str(case.agency_id))
    outbox.publish(FeedbackReceived(case.pk, case.agency_id, now))


def _new(case_id: UUID, sent: Sent, actor: Actor, now: datetime) -> Feedback:
    person = Person.objects.get(pk=actor.person_id) if actor.person_id else None
    return Feedback(
        id=case_id, code=ids.code(8), kind=sent.kind, subject=sent.subject.strip(), text=sent.text.strip(),
        about=About.DOSSIER if sent.kind == Kind.COMPLAINT else sent.about,
        person=person, name=person.full_name if person else sent.name.strip(),
        phone=rules.normal_phone(sent.phone) or (person.phone if person else ""),
        email=(sent.email or (person.email if person else "")).strip().lower(),
        language=person.language if person else sent.language, received_at=now,
        may_publish=sent.may_publish and sent.kind != Kind.COMPLAINT,
    )  # fmt: skip


def _lock_reporter(actor: Actor) -> None:
    """One sending at a time for a person, or two at once would both pass the day's limit."""
    if actor.person_id:
        Person.objects.filter(pk=actor.person_id).for_update().first()


def _sent_today(sent: Sent, actor: Actor, now: datetime) -> int:
    since = Feedback.objects.filter(received_at__gt=now - DAY, received_at__lte=now)
    if actor.person_id:
        return since.filter(person_id=actor.person_id).count()
    ways = Q()
    if sent.phone:
        ways |= Q(phone=rules.normal_phone(sent.phone))
    if sent.email:
        ways |= Q(email=sent.email.strip().lower())
    return since.filter(ways).count() if ways else 0


def _dossier(code: str, actor: Actor) -> Dossier | None:
    """The dossier of a code, if the actor owns or filed it; any other is as unknown as one that is not there."""
    if not code.strip():
        return None
    dossier = dossiers.track(code)
    if dossier is None or not dossier_rules.is_applicant(dossier, actor):
        message = _("None of your dossiers has this code. Compare it with the slip, sign by sign.")
        raise Refused("dossier", message, field="dossier_code")
    return dossier


def _repeated(sent: Sent, actor: Actor, now: datetime, *, has_pass: bool) -> Feedback | None:
    if sent.repeats_id is None:
        return None
    rows = Feedback.objects.filter(person=None) if has_pass else Feedback.objects.own_of(actor)
    earlier = rows.for_update().get(pk=sent.repeats_id)
    stays = list(Stay.objects.filter(feedback=earlier).order_by("-number"))
    rules.require(Action.REPEAT, earlier, actor, base.facts_of(earlier, stays, now=now, has_pass=has_pass))
    return earlier


def _first_desk(sent: Sent, dossier: Dossier | None, earlier: Feedback | None, now: datetime) -> UUID:
    today = clock.local(now).date()
    known = dossier.competent_agency_id if dossier else earlier.agency_id if earlier else None
    if known is not None:
        return _in_charge(known, today) or _sorting_centre(today)
    if sent.agency_id is None:
        return _sorting_centre(today)
    if not places.agencies_at(today).filter(pk=sent.agency_id).exists():
        message = _("This agency does not exist today. Choose another, or “I do not know”.")
        raise Refused("agency", message, field="agency")
    return sent.agency_id


def _in_charge(agency_id: UUID, today: date) -> UUID | None:
    """The agency itself while it exists, else the first of its successors that does; None when none is named."""
    agency: Agency | None = places.kept_agency(agency_id)
    seen: set[UUID] = set()
    while agency is not None and agency.pk not in seen:
        if agency.exists_on(today):
            return agency.pk
        seen.add(agency.pk)
        agency = places.kept_agency(agency.successor_id) if agency.successor_id else None
    return None


def _sorting_centre(today: date) -> UUID:
    centre = places.province_centre(today)
    if centre is None:
        raise Refused("agency", _("Choose the agency: no centre of the province sorts cases here."), field="agency")
    return centre.agency_id
