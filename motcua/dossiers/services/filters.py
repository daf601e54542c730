"""Searches an officer keeps."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.dossiers.models import SavedFilter
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Refused


@transaction.atomic
def save_filter(*, name: str, query: str, actor: Actor, now: datetime) -> None:
    """Keep a search (the words of its address) under a name; the same name again replaces it."""
    SavedFilter.objects.update_or_create(account_id=_account(actor), name=name, defaults={"query": query})


@transaction.atomic
def drop_filter(*, name: str, actor: Actor, now: datetime) -> None:
    """Forget a kept search."""
    SavedFilter.objects.filter(account_id=_account(actor), name=name).delete()


def _account(actor: Actor) -> UUID:
    if actor.account_id is None:
        raise Refused("no_account", _("Sign in to keep a search."))
    return actor.account_id
