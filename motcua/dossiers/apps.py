"""The life of a dossier."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from motcua.kernel.actor import Role
from motcua.ui import nav


class DossiersConfig(AppConfig):
    """Row 8 of the stack."""

    name = "motcua.dossiers"
    label = "dossiers"

    def ready(self) -> None:
        """Register the consumers of the event log and the entries of the menus."""
        from motcua.dossiers import bundlemessages, events, messages, partmessages, warnmessages
        from motcua.dossiers.audiences import AGENCY_WIDE
        from motcua.dossiers.services import bundles, tallies
        from motcua.kernel import outbox

        outbox.consumer("dossiers.tally", tallies.count_moves, *events.ALL)
        messages.register()
        outbox.consumer("dossiers.messages", messages.tell_people, *messages.EVENTS)
        partmessages.register()
        outbox.consumer("dossiers.part_messages", partmessages.tell_officers, *partmessages.EVENTS)
        warnmessages.register()
        outbox.consumer("dossiers.warnings", warnmessages.tell_officers, *warnmessages.EVENTS)
        bundlemessages.register()
        outbox.consumer("dossiers.bundle_messages", bundlemessages.tell_people, *bundlemessages.EVENTS)
        outbox.consumer("dossiers.bundles", bundles.follow, *bundles.FOLLOWED)
        nav.register(nav.OFFICE, "dossiers:inbox", _("Inbox"), "inbox", order=10)
        count = "dossiers:warnings_count"
        nav.register(nav.OFFICE, "dossiers:warnings", _("Warnings"), "triangle-alert", order=15, count=count)
        nav.register(nav.OFFICE, "dossiers:office_search", _("Dossiers"), "folder-search", order=20)
        counter = (Role.RECEPTION,)
        nav.register(nav.OFFICE, "dossiers:reception", _("Reception"), "scan-line", roles=counter, order=30)
        nav.register(nav.OFFICE, "dossiers:handover", _("Hand over"), "hand-helping", roles=counter, order=40)
        nav.register(nav.OFFICE, "dossiers:uncollected", _("Not collected"), "package", roles=counter, order=50)
        nav.register(nav.OFFICE, "dossiers:register", _("Register"), "file-text", roles=AGENCY_WIDE, order=52)
        nav.register(nav.OFFICE_QUICK, "dossiers:reception", _("New at the counter"), "scan-line", roles=counter)
        nav.register(nav.SPACE, "dossiers:own", _("My dossiers"), "folder", order=20)
        leading = (Role.HEAD, Role.LEADER, Role.ADMIN)
        nav.register(nav.OFFICE, "dossiers:desks", _("Desks"), "users", roles=leading, order=60)
        signing = (Role.LEADER, Role.ADMIN)
        nav.register(nav.OFFICE, "dossiers:mandates", _("Who signs"), "signature", roles=signing, order=64)
        closers = (Role.CLERK, Role.DIRECTOR, Role.ADMIN)
        nav.register(nav.OFFICE, "dossiers:year_end", _("End of the year"), "lock", roles=closers, order=88)
        keepers = (Role.CLERK, Role.LEADER, Role.DIRECTOR, Role.ADMIN)
        nav.register(nav.OFFICE, "dossiers:keeping", _("Keeping and disposal"), "archive", roles=keepers, order=89)
