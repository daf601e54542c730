"""What the ten states mean to the person who waits, in plain words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from motcua.dossiers.enums import State

STATE_MEANINGS: dict[State, str | Promise] = {
    State.NEW: _("We have it. An officer checks in time whether everything is there; its page says by when."),
    State.ACCEPTED: _("Everything is there. You have a dossier code and a due date; the clock runs."),
    State.NOT_ACCEPTED: _("It could not be taken, and the letter says why. You may file again."),
    State.IN_PROGRESS: _("Somebody works on it. You see at which step it is and when it is due."),
    State.SUPPLEMENT: _("Something is missing. The clock stands still until you send it."),
    State.OBLIGATION: _("A fee or tax is open. The clock stands still until it is paid."),
    State.WITHDRAWN: _("You took it back. Your original papers are waiting for you."),
    State.STOPPED: _("The agency stopped handling it and wrote to you why."),
    State.RESOLVED: _("The decision is made. Open the result here, or collect it where you chose."),
    State.HANDED_OVER: _("You have the result. Tell us how it went: it takes a minute."),
}
