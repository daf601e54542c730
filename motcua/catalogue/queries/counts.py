"""How much of the catalogue is known, and how well: what the loader prints."""

from collections import Counter
from datetime import date
from uuid import UUID

from motcua.catalogue.enums import Channel, FeeState, HandledBy, OnlineLevel
from motcua.catalogue.models import ChannelRule, LifeEvent, Procedure, ServiceLevel


def counts(on: date) -> list[tuple[str, int]]:
    """Labels and numbers for an operator, counted over the procedures in force on a day.

    Time and fee are those of the counter, or of the only channel there is. Unknown never counts as free or as
    without a due date.
    """
    handled = dict(Procedure.objects.in_force(on).values_list("pk", "handled_by"))
    here = {key for key, by in handled.items() if by == HandledBy.PROVINCE}
    channels = _first_channels(here)
    rows: list[tuple[str, int]] = [
        ("procedures", len(handled)),
        ("handled by the province", len(here)),
        ("handled elsewhere, with guidance and link", len(handled) - len(here)),
        ("of the province's: checked one by one", _checked(on)),
        ("time known and verified", sum(c.is_time_known and c.is_verified for c in channels)),
        ("time known, not verified", sum(c.is_time_known and not c.is_verified for c in channels)),
        ("time unknown", len(here) - sum(c.is_time_known for c in channels)),
        ("without a due date by law", sum(c.has_no_due_date for c in channels)),
    ]
    fees = Counter(channel.fee_state for channel in channels)
    fees[FeeState.UNKNOWN] += len(here) - len(channels)
    rows += [(f"fee: {state.value}", fees[state]) for state in FeeState]
    levels = Counter(ServiceLevel.objects.in_force(on).filter(procedure__in=here).values_list("level", flat=True))
    rows += [(f"online service: {level.value}", levels[level]) for level in OnlineLevel]
    rows.append(("online service: not known", len(here) - levels.total()))
    past = Counter(ServiceLevel.objects.in_force(date(2023, 6, 30)).values_list("level", "provenance"))
    rows += [(f"service of 2023: {level}, {provenance}", n) for (level, provenance), n in sorted(past.items())]
    rows.append(("life events", LifeEvent.objects.count()))
    return rows


def _first_channels(procedures: set[UUID]) -> list[ChannelRule]:
    order = {Channel.COUNTER: 0, Channel.ONLINE: 1, Channel.POST: 2}
    first: dict[UUID, ChannelRule] = {}
    for rule in sorted(ChannelRule.objects.all(), key=lambda rule: order[Channel(rule.channel)]):
        if rule.procedure_id in procedures:
            first.setdefault(rule.procedure_id, rule)
    return list(first.values())


def _checked(on: date) -> int:
    return Procedure.objects.in_force(on).handled_here().filter(checked_on__isnull=False).count()
