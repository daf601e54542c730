"""Every form acts once: its key is claimed in the transaction of the act."""

from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from motcua.kernel.actor import Actor
from motcua.kernel.errors import Conflict

# Claims a form, or answers no row when it came before; waits for whoever is claiming it now. Values: `claiming`.
CLAIM = (
    "INSERT INTO kernel_act (key, name, result_id, account_id) VALUES (%s, %s, %s, %s)"
    " ON CONFLICT (key) DO NOTHING RETURNING key"
)


def claim(key: UUID | None, *, name: str, result_id: UUID, actor: Actor) -> UUID | None:
    """Claim a form's key for this act.

    Returns None when the act is new (go on), or the first act's result when the same form came before; a second
    sender waits for the first to commit. Without a key (jobs, commands) every act is new.

    Raises `Conflict` when the key was used for another act or by another account: that is no repetition.
    """
    if key is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, claiming(key, name=name, result_id=result_id, actor=actor))
        if cursor.fetchone():
            return None
    return first(key, name=name, actor=actor)


def claiming(key: UUID, *, name: str, result_id: UUID, actor: Actor) -> list[Any]:
    """The values of `CLAIM`, for a service that claims with the statement that reads what it acts on."""
    return [key, name, result_id, actor.account_id]


def first(key: UUID, *, name: str, actor: Actor) -> UUID:
    """The result of the act that claimed this form before. Raises `Conflict` as `claim` does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT result_id, name, account_id FROM kernel_act WHERE key = %s", [key])
        row = cursor.fetchone()
    if row is None or row[1] != name or row[2] != actor.account_id:
        raise Conflict(_("This form was already used for something else. Open the page again and repeat your answer."))
    return UUID(str(row[0]))
