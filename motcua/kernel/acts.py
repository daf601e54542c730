"""Every form acts once: its key is claimed in the transaction of the act."""

from uuid import UUID

from django.db import connection

from motcua.kernel.actor import Actor


def claim(key: UUID | None, *, name: str, result_id: UUID, actor: Actor) -> UUID | None:
    """Claim a form's key for this act.

    Returns None when the act is new (go on), or the first act's result when the same form came before; a second
    sender waits for the first to commit. Without a key (jobs, commands) every act is new.
    """
    if key is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_act (key, name, result_id, account_id) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (key) DO NOTHING RETURNING key",
            [key, name, result_id, actor.account_id],
        )
        if cursor.fetchone():
            return None
        cursor.execute("SELECT result_id FROM kernel_act WHERE key = %s", [key])
        row = cursor.fetchone()
    return UUID(str(row[0])) if row else None
