"""What people are told about a bundle: a matter can be gone on with elsewhere, or does not open by itself."""

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from motcua.catalogue.queries import members_of
from motcua.dossiers.enums import MemberState
from motcua.dossiers.events import BundleMoved
from motcua.dossiers.models import BundleMember
from motcua.kernel import clock
from motcua.kernel.outbox import Fact
from motcua.notifications import services as notifications
from motcua.notifications import templates

WORDING = {
    MemberState.READY: (
        "dossiers.bundle_ready",
        _("You can go on now: %(matter)s"),
        _(
            "Dear %(name)s,\n\nwhat “%(matter)s” needed is there. %(who)s decides on it in a system of its own: take "
            "the result with you, or file it there online. The page of your bundle has the address."
        ),
        _("You can go on now: %(matter)s (%(who)s)."),
    ),
    MemberState.BLOCKED: (
        "dossiers.bundle_blocked",
        _("It does not open by itself: %(matter)s"),
        _(
            "Dear %(name)s,\n\n“%(matter)s” was to open by itself, but what it waits for ended without the result it "
            "needs. %(note)s\n\nYou can file it for itself: what you typed is kept for 90 days on the page of your "
            "bundle."
        ),
        _("%(matter)s does not open by itself. You can file it for itself."),
    ),
}
EVENTS = (BundleMoved,)


def register() -> None:
    """Give the notifications module the wording of every occasion."""
    for key, subject, body, short in WORDING.values():
        templates.register(key, subject=subject, body=body, short=short)


def tell_people(facts: Sequence[Fact]) -> None:
    """Consumer: whoever filed the bundle is told once what became of a matter."""
    related = ("bundle__plan", "bundle__person", "procedure")
    rows = BundleMember.objects.select_related(*related).in_bulk([fact.payload["member_id"] for fact in facts])
    notices = []
    for fact in facts:
        row = rows.get(UUID(fact.payload["member_id"]))
        if row is not None and row.bundle.person is not None and row.state == fact.payload["state"]:
            notices.append(_notice(fact, row))
    notifications.notify_all(notices, now=clock.now())


def _notice(fact: Fact, row: BundleMember) -> notifications.Notice:
    person = row.bundle.person
    assert person is not None  # noqa: S101 -- the caller has looked
    member = next(one for one in members_of(row.bundle.plan.members) if one.key == row.key)
    with translation.override(person.language or "vi"):
        label = member.say("label", (translation.get_language() or "vi")[:2])
    return notifications.Notice(
        recipient=notifications.Recipient(person.pk, person.full_name, person.email, person.language),
        template=WORDING[MemberState(row.state)][0], key=f"{fact.id}:{person.pk}",
        facts={
            "name": person.full_name, "matter": label, "who": (row.procedure.elsewhere or {}).get("who", ""),
            "note": row.note,
        },
        about_id=row.bundle_id, url=reverse("dossiers:own_bundle", args=[row.bundle_id]),
    )  # fmt: skip
