"""What the jobs would find in the first minutes: warnings, drafts of apologies, silence that speaks."""

from datetime import datetime

from motcua.dossiers.services import apologies, reminders, silence, warnings


def drive(now: datetime) -> int:
    """Run them once, so that the first page shows what they say; how many warnings stand because of it."""
    silence.note(now=now)
    apologies.draft(now=now)
    reminders.remind_applicants(now=now)
    reminders.tell_of_pauses(now=now)
    return warnings.warn(now=now)
