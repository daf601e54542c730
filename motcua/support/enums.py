"""Words of feedback cases."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(TextChoices):
    """What a person sends: an opinion or observation, or a complaint against an act that concerns them."""

    FEEDBACK = "feedback", _("Feedback")
    COMPLAINT = "complaint", _("Complaint")


class About(TextChoices):
    """What a case is about."""

    RULE = "rule", _("A rule or a procedure")
    CONDUCT = "conduct", _("The conduct of an officer")
    DOSSIER = "dossier", _("How my dossier is handled")
    SYSTEM = "system", _("This website or its payment, signing in or messages")


class State(TextChoices):
    """Where a case stands."""

    RECEIVED = "received", pgettext_lazy("feedback", "Received")
    IN_PROGRESS = "in_progress", _("Being handled")
    SUPPLEMENT = "supplement", _("Waits for a reply")
    ANSWERED = "answered", _("Answered")
    REFUSED = "refused", _("Not taken up")


OPEN = frozenset({State.RECEIVED, State.IN_PROGRESS, State.SUPPLEMENT})


class Shelf(TextChoices):
    """In which list of the office a case lies."""

    TO_DO = "to_do", _("To do")
    WAITING = "waiting", _("Waiting for a reply")
    DONE = "done", _("Done")


class Publication(TextChoices):
    """Whether the answer is to be read by everybody."""

    NOT_WANTED = "not_wanted", _("The reporter does not agree")
    PENDING = "pending", _("To be published")
    PUBLISHED = "published", _("Published")
    HELD_BACK = "held_back", _("Not published, with a reason")


class Limit(TextChoices):
    """The steps for which the law names a time."""

    SORT = "sort", _("Refuse or pass on")
    FORWARD = "forward", _("Pass on at the latest")
    ASK = "ask", _("Ask for more")
    HANDLE = "handle", _("Answer")
    PUBLISH = "publish", _("Publish")


class RunsFrom(TextChoices):
    """When the limit for the answer begins."""

    ARRIVAL = "arrival", _("the arrival at the agency")
    TAKING_UP = "taking_up", _("the day it was taken up")


class Outcome(TextChoices):
    """How a case left an agency."""

    TRANSFERRED = "transferred", _("Passed on")
    REFUSED = "refused", _("Not taken up")
    ANSWERED = "answered", _("Answered")


class Action(TextChoices):
    """What can be done with a case."""

    TAKE_UP = "take_up", _("Take it up")
    TRANSFER = "transfer", _("Pass it to the competent agency")
    ASK = "ask", _("Ask the reporter for more")
    ANSWER = "answer", _("Answer")
    REFUSE = "refuse", _("Do not take it up")
    PUBLISH = "publish", _("Publish the answer")
    HOLD_BACK = "hold_back", _("Do not publish")
    SUPPLEMENT = "supplement", _("Reply")
    RATE = "rate", _("Say whether the answer helped")
    REPEAT = "repeat", _("Send it again")


class Happening(TextChoices):
    """A line of a case's story."""

    RECEIVED = "received", pgettext_lazy("feedback", "Received")
    TAKEN_UP = "taken_up", _("Taken up")
    TRANSFERRED = "transferred", _("Passed to another agency")
    ASKED = "asked", _("More was asked for")
    SUPPLEMENTED = "supplemented", _("The reporter replied")
    ANSWERED = "answered", _("Answered")
    REFUSED = "refused", _("Not taken up")
    PUBLISHED = "published", _("Published")
    HELD_BACK = "held_back", _("Not published")
    RATED = "rated", _("Rated")
    REPEATED = "repeated", _("Sent again as a new case")
    INHERITED = "inherited", _("Taken over after a reorganisation")
