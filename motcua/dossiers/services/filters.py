"""Searches an officer keeps."""

from datetime import datetime

from django.db import transaction

from motcua.dossiers.models import SavedFilter
from motcua.kernel.actor import Actor


@transaction.atomic
def save_filter(*, name: str, query: str, actor: Actor, now: datetime) -> None:
    """Keep a search (the words of its address) under a name; the same name again replaces it."""
    SavedFilter.objects.update_or_create(account_id=actor.account_id, name=name, defaults={"query": query})


@transaction.atomic
def drop_filter(*, name: str, actor: Actor, now: datetime) -> None:
    """Forget a kept search."""
    SavedFilter.objects.filter(account_id=actor.account_id, name=name).delete()
