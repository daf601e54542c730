"""`demo guide`: five things to try, each with its address, the account that may do it and a real code."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse

from motcua.dossiers.enums import RUNNING, Channel, State
from motcua.dossiers.models import Dossier
from motcua.identity.models import Account


@dataclass(frozen=True, slots=True)
class Tip:
    """Something to try."""

    what: str
    address: str
    account: str


def tips() -> Iterator[Tip]:
    """The five, with codes from the data; one whose dossier is gone points at the list instead."""
    yield Tip(
        "File a birth registration on your phone: search “khai sinh”, sign in, start.",
        _url("catalogue:procedure", "1.001193"),
        _as("nguyen.thu.ha"),
    )
    yield _supplement()
    yield _officer()
    yield _hand_over()
    yield _look_up()


def _supplement() -> Tip:
    found = _first(state=State.SUPPLEMENT, channel=Channel.ONLINE)
    name = _account_of(found) or "le.thi.mai"
    address = _url("dossiers:status", found.pk) if found and _account_of(found) else _url("dossiers:own")
    return Tip(f"Answer an officer's request and see the clock go on{_code(found)}.", address, _as(name))


def _officer() -> Tip:
    on_desk = {"step_role": "handler", "competent_agency__code": "H49.106"}
    found = _first(state__in=RUNNING, **on_desk) or _first(state__in=RUNNING, competent_agency__code="H49.106")
    address = _url("dossiers:case", found.pk) if found else _url("dossiers:inbox")
    account = _desk_account(found)
    what = "Handle the dossier that is nearest to its due date, from the inbox to the signature"
    return Tip(f"{what}{_code(found)}.", address, _as(account))


def _hand_over() -> Tip:
    found = _first(state=State.RESOLVED, receiving_agency__code="H49.106.01")
    address = _url("dossiers:handover_one", found.pk) if found else _url("dossiers:handover")
    return Tip(f"Hand a result over at the counter{_code(found)}.", address, _as("canbo.tiepnhan.honggai"))


def _look_up() -> Tip:
    found = _first(state__in=RUNNING)
    what = f"Look a dossier up without an account{_code(found)}, then watch it become late: demo tick --days 3"
    return Tip(f"{what}.", _url("dossiers:track"), "no account needed")


def _first(**facts: Any) -> Dossier | None:
    """The dossier nearest to its due date; those an account can show come first."""
    found = Dossier.objects.filter(is_reconstructed=False, **facts).select_related("step_agency")
    return found.order_by("due_at", "submitted_at").first()


def _account_of(dossier: Dossier | None) -> str:
    if dossier is None or dossier.submitter_person_id is None:
        return ""
    account = Account.objects.filter(person_id=dossier.submitter_person_id).first()
    return account.username if account else ""


def _desk_account(dossier: Dossier | None) -> str:
    """Who has the dossier's present step."""
    if dossier and dossier.assignee_id:
        account = Account.objects.filter(pk=dossier.assignee_id).first()
        return account.username if account else ""
    desks = {"handler": "chuyenvien", "head": "truongphong", "leader": "lanhdao", "clerk": "vanthu"}
    return f"{desks.get(dossier.step_role if dossier else '', 'chuyenvien')}.honggai"


def _code(dossier: Dossier | None) -> str:
    return f" ({dossier.shown_code})" if dossier else ""


def _url(name: str, *args: Any) -> str:
    return f"{settings.BASE_URL.rstrip('/')}{reverse(name, args=args)}"


def _as(account: str) -> str:
    return f"{account} (sign in with {settings.OIDC['name']}, or with the password {password()})"


def password() -> str:
    """The password all accounts of the cast share."""
    cast = tomllib.loads((settings.PACK / "people" / "cast.toml").read_text("utf-8"))
    return str(cast.get("password", ""))
