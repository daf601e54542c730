"""A registered occasion, people to tell, a way out that can be closed."""

from datetime import datetime
from uuid import UUID, uuid4

from django.utils.translation import gettext_noop as N_

from motcua.kernel import clock
from motcua.kernel.actor import Actor, ActorKind
from motcua.notifications import services, templates
from motcua.notifications.gateways.base import Letter
from motcua.notifications.models import Message
from motcua.notifications.services import Notice, Recipient

NOW = datetime(2026, 2, 5, 8, 40, tzinfo=clock.ZONE)
LAN = Recipient(UUID(int=1), "Phạm Thị Lan", "lan@example.vn", "en")
NAM = Recipient(UUID(int=2), "Bùi Văn Nam", "", "vi")

templates.register(
    "tests.due",
    subject=N_("Dossier %(code)s"),
    body=N_("It is due %(due_at)s.\n\nNothing is missing."),
    short=N_("%(code)s: %(due_at)s"),
)


def actor(recipient: Recipient) -> Actor:
    return Actor(kind=ActorKind.PERSON, name=recipient.name, account_id=uuid4(), person_id=recipient.person_id)


def notice(recipient: Recipient = LAN, **facts: object) -> Notice:
    given = {"template": "tests.due", "key": uuid4().hex, "facts": {"code": "H49-1", "due_at": NOW}, **facts}
    return Notice(recipient=recipient, **given)  # type: ignore[arg-type]


def message(recipient: Recipient = LAN, *, now: datetime = NOW, **facts: object) -> Message:
    told = notice(recipient, **facts)
    services.notify_all([told], now=now)
    return Message.objects.get(key=told.key)


class Way:
    """A way out that keeps what passes, or answers with an error."""

    def __init__(self) -> None:
        self.sent: list[Letter] = []
        self.error: BaseException | None = None

    def send(self, letter: Letter) -> None:
        if self.error is not None:
            raise self.error
        self.sent.append(letter)

    def check(self) -> None:
        return
