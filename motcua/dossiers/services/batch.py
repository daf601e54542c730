"""The same act on many dossiers by one form: all or none, or each for itself, with what became of every row."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import connection, transaction
from django.utils.translation import gettext as _

from motcua.catalogue import queries as catalogue
from motcua.dossiers import rules
from motcua.dossiers.enums import Action, BatchMode
from motcua.dossiers.models import Batch, Dossier
from motcua.dossiers.services import base, capacities
from motcua.dossiers.services.acceptance import accept
from motcua.dossiers.services.prints import sign_of
from motcua.dossiers.services.results import issue
from motcua.dossiers.services.steps import assign, claim, forward
from motcua.kernel import audit, clock
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Conflict, DomainError, Refused

LIMIT = 500  # rows of one batch
ACTS: dict[Action, Callable[..., Dossier]] = {
    Action.ACCEPT: accept,
    Action.CLAIM: claim,
    Action.ASSIGN: assign,
    Action.FORWARD: forward,
    Action.ISSUE: issue,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row: done, or not with the reason in a sentence. `code` is the one it has now."""

    dossier_id: UUID
    code: str
    ok: bool
    message: str = ""


@dataclass(frozen=True, slots=True)
class Ahead:
    """A dossier chosen for a batch, and why the act would be refused; empty when nothing speaks against it."""

    dossier: Dossier
    refusal: str


def run_batch(
    *,
    action: Action,
    dossier_ids: Sequence[UUID],
    versions: Mapping[UUID, int],
    actor: Actor,
    now: datetime,
    key: UUID,
    mode: BatchMode = BatchMode.EACH,
    **params: Any,
) -> list[Outcome]:
    """Do `action` to every dossier, in the order given; `params` go to the act (`account_id`, `note`).

    `versions` are those the form saw: a dossier changed since is an outcome, no error. With `ALL` nothing happens if
    one is refused, and all refusals are told; with `EACH` every row has its own transaction. The same form again, at
    once or later, shows the first outcomes; a form whose server died goes on where it stopped. Results are issued
    each under the sign of its own kind. Raises `Refused` for an act not done in batches or for too many rows,
    `Conflict` for a key used elsewhere.
    """
    ids = list(dict.fromkeys(dossier_ids))
    if action not in ACTS:
        raise Refused("no_batch", _("This act is done to one dossier at a time."))
    if not 0 < len(ids) <= LIMIT:
        raise Refused("batch_size", _("Choose between 1 and %(limit)d dossiers.") % {"limit": LIMIT})
    with alone(key):
        kept = begun(action, mode, actor, now, key)
        if kept.finished_at is not None:
            return outcomes_of(kept)
        work = _Work(action, ids, versions, actor, now, key, params)
        done = work.all_or_none() if mode == BatchMode.ALL else work.each()
        keep(kept, done, actor=actor, now=now)
    return done


@transaction.atomic
def keep(kept: Batch, done: Sequence[Outcome], *, actor: Actor, now: datetime, **facts: Any) -> None:
    """Write down what became of the rows, once all are done."""
    kept.outcomes, kept.finished_at = [_as_json(one) for one in done], now
    kept.save(update_fields=["outcomes", "finished_at"])
    audit.record(
        actor, "dossiers.batch", kept, now=now, act=kept.action, mode=kept.mode, done=sum(one.ok for one in done),
        refused=sum(not one.ok for one in done), **facts,
    )  # fmt: skip


def outcomes_of(batch: Batch) -> list[Outcome]:
    """The kept outcomes as values."""
    return [Outcome(UUID(row["dossier_id"]), row["code"], row["ok"], row["message"]) for row in batch.outcomes]


def look_ahead(*, action: Action, dossier_ids: Sequence[UUID], actor: Actor, now: datetime) -> list[Ahead]:
    """The chosen dossiers the actor may see at work, each with what the rules would refuse now; nothing is locked."""
    chosen = _chosen(dossier_ids, actor)
    if action is Action.FORWARD:
        capacities.read_mandates(chosen.values())
    timeless = _timeless(chosen.values()) if action is Action.ACCEPT else frozenset()
    return [Ahead(dossier, _refusal(action, dossier, actor, now, key in timeless)) for key, dossier in chosen.items()]


@dataclass(frozen=True)
class _Work:
    action: Action
    ids: list[UUID]
    versions: Mapping[UUID, int]
    actor: Actor
    now: datetime
    key: UUID
    params: dict[str, Any]

    def each(self) -> list[Outcome]:
        chosen = _chosen(self.ids, self.actor)
        return [self._one(key, chosen.get(key)) for key in self.ids]

    def all_or_none(self) -> list[Outcome]:
        done: list[Outcome] = []
        try:
            with transaction.atomic():
                # Locked in one order before any number is drawn, so that two batches cannot wait for each other.
                mine = Dossier.objects.visible_to(self.actor).filter(pk__in=self.ids)
                list(mine.order_by("pk").for_update().values_list("pk", flat=True))
                done = self.each()
                if not all(one.ok for one in done):
                    raise _Undone
        except _Undone:
            untouched = _("Not done, because others were refused.")
            return [Outcome(one.dossier_id, one.code, False, one.message or untouched) for one in self._codes(done)]
        return done

    def _codes(self, done: list[Outcome]) -> Iterator[Outcome]:
        """What was undone has the code again that it had before."""
        chosen = _chosen(self.ids, self.actor)
        for one in done:
            dossier = chosen.get(one.dossier_id)
            yield Outcome(one.dossier_id, dossier.shown_code if dossier else one.code, one.ok, one.message)

    def _one(self, dossier_id: UUID, seen: Dossier | None) -> Outcome:
        if seen is None:
            return Outcome(dossier_id, "", False, _("This dossier is not on your desk."))
        extra = {"symbol": sign_of(seen)} if self.action is Action.ISSUE else {}
        try:
            dossier = ACTS[self.action](
                dossier_id=dossier_id, actor=self.actor, now=self.now, expected=self.versions.get(dossier_id, 0),
                key=uuid5(self.key, str(dossier_id)), **extra, **self.params,
            )  # fmt: skip
        except DomainError as error:
            return Outcome(dossier_id, seen.shown_code, False, str(error))
        except Dossier.DoesNotExist:
            return Outcome(dossier_id, seen.shown_code, False, _("This dossier is not on your desk."))
        return Outcome(dossier_id, dossier.shown_code, True)


class _Undone(Exception):  # noqa: N818 -- no error: it rolls a batch back
    """All is taken back."""


@contextmanager
def alone(key: UUID) -> Iterator[None]:
    """The same form is carried out by one process at a time; a process that dies lets go."""
    number = key.int % 2**63
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [number])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


def begun(action: Action, mode: BatchMode, actor: Actor, now: datetime, key: UUID) -> Batch:
    """The row of a form, made when it first comes. Raises `Conflict` when the key is another form's."""
    account_id = actor.account_id or key
    fresh = {"action": str(action), "mode": str(mode), "account_id": account_id, "started_at": now}
    kept, _is_new = Batch.objects.get_or_create(pk=key, defaults=fresh)
    if kept.action != action or kept.account_id != account_id:
        raise Conflict(_("This form was already used for something else. Open the page again and repeat your answer."))
    return kept


def _chosen(dossier_ids: Sequence[UUID], actor: Actor) -> dict[UUID, Dossier]:
    """The dossiers by key, in the order chosen, with what rules and signs ask of them; three statements."""
    related = ("result", "run", "procedure", "competent_agency", "receiving_agency", "heir_agency")
    found = Dossier.objects.at_work_of(actor).select_related(*related).in_bulk(list(dossier_ids))
    return {key: found[key] for key in dossier_ids if key in found}


def _refusal(action: Action, dossier: Dossier, actor: Actor, now: datetime, is_timeless: bool) -> str:
    refusal = rules.refusal_of(action, dossier, actor, base.facts_of(dossier, action, now=now, actor=actor))
    if refusal is None and is_timeless:
        return _("The catalogue does not know the time limit of this procedure. Accept it on its own page.")
    return refusal.message if refusal else ""


def _timeless(dossiers: Iterable[Dossier]) -> frozenset[UUID]:
    """Those whose time limit an officer has to read in the law; each procedure, channel and day is asked once."""
    known: dict[tuple[UUID, str, date], bool] = {}
    without = set()
    for dossier in dossiers:
        asked = (dossier.procedure_id, dossier.channel, clock.local(dossier.submitted_at).date())
        if asked not in known:
            facts = catalogue.filing_facts(dossier.procedure, channel=asked[1], on=asked[2])
            known[asked] = facts.is_time_known
        if not known[asked]:
            without.add(dossier.pk)
    return frozenset(without)


def _as_json(one: Outcome) -> dict[str, Any]:
    return {**asdict(one), "dossier_id": str(one.dossier_id)}
