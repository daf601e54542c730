"""The last dossiers of the demo, filed and handled over the pages of the running web process."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import TextIO
from uuid import UUID, uuid5

import requests
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from motcua.doors.demo.browser import Browser, Unexpected
from motcua.doors.demo.life import WARD, WARD_CENTRE
from motcua.doors.demo.online import Life, script_for, sign_in_locally, sign_in_nationally
from motcua.doors.demo.people import Cast
from motcua.doors.demo.plan import NAMESPACE
from motcua.doors.demo.progress import Progress
from motcua.dossiers.models import Dossier
from motcua.kernel import acts
from motcua.kernel.actor import system
from motcua.kernel.models import Act
from motcua.places import queries as places

# code, who, how far: draft (kept, not sent), submit, accept, steps (result ready) or all (handed over and rated)
_TABLE = """
1.001193 nguyen.thu.ha>pham.gia.huy accept
1.004873 nguyen.thu.ha all
1.004873 tran.van.hung all
1.004859 le.thi.mai submit
1.000656 tran.van.hung steps
1.004884 chiu.sang.mui all
1.004884 vu.an accept
2.000908 hoang.minh.tuan steps
1.001612 dang.khanh.linh all
1.004837 ly.a.sen>ly.hoai.nam submit
1.004884 nguyen.thu.ha draft
"""
DESKS = {
    "reception": "canbo.tiepnhan", "head": "truongphong", "handler": "chuyenvien", "leader": "lanhdao",
    "clerk": "vanthu",
}  # fmt: skip
PLACES = {WARD: "honggai", WARD_CENTRE: "honggai", "H49.04": "tuphap", "H49.10": "xaydung"}


@dataclass(frozen=True, slots=True)
class Errand:
    """One of the last dossiers: what, for whom, how far it gets today."""

    number: int
    code: str
    who: str
    until: str

    @property
    def key(self) -> UUID:
        """Notes in the database that it was done, so that a second start leaves it alone."""
        return uuid5(NAMESPACE, f"errand {self.number}")


def errands() -> Iterator[Errand]:
    """All of them."""
    for number, line in enumerate(_TABLE.strip().splitlines()):
        yield Errand(number, *line.split())


def web_address() -> str:
    """Where this machine reaches the web process."""
    host = os.environ.get("HOST", "") or "127.0.0.1"
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{host}:{os.environ.get('PORT', '') or 8000}"


def answers(address: str) -> bool:
    """Whether the web process is up."""
    try:
        with requests.Session() as session:
            session.trust_env = False
            return session.get(f"{address}{reverse('health_live')}", timeout=5).ok
    except requests.RequestException:
        return False


class Visitors:
    """Signed-in browsers, one for each person, kept for all errands."""

    def __init__(self, address: str, password: str) -> None:
        self.address, self.password = address, password
        self._browsers: dict[str, Browser] = {}

    def of(self, username: str) -> Browser:
        """The browser of an account, signed in through the national identity, or by its password without one."""
        if username not in self._browsers:
            browser = Browser(self.address)
            if settings.OIDC["server_url"]:
                sign_in_nationally(browser, username)
            else:
                sign_in_locally(browser, username, self.password)
            self._browsers[username] = browser
        return self._browsers[username]


def drive(cast: Cast, folder: Path, now: datetime, out: TextIO, *, password: str) -> int:
    """Run the errands that were not run yet; answers how many. Raises `Unexpected` with the page that refused."""
    plan = list(errands())
    done = set(Act.objects.filter(key__in=[errand.key for errand in plan]).values_list("key", flat=True))
    missing = [errand for errand in plan if errand.key not in done]
    address = web_address()
    if not missing:
        return 0
    if not answers(address):
        out.write(f"  The web process does not answer at {address}: {len(missing)} dossiers wait for the next start.\n")
        return 0
    visitors, progress = Visitors(address, password), Progress(out, len(missing))
    paper = ("giay-to.pdf", (folder / "declaration.pdf").read_bytes(), "application/pdf")
    for number, errand in enumerate(missing, start=1):
        life = _run(errand, cast, visitors, paper, now)
        with transaction.atomic():
            acts.claim(errand.key, name="demo.errand", result_id=life.dossier_id or life.draft_id, actor=system("demo"))
        progress.show(number, f"{errand.code} {errand.who}: {len(life.posts)} forms sent over HTTP")
    return len(missing)


def _run(errand: Errand, cast: Cast, visitors: Visitors, paper: tuple[str, bytes, str], now: datetime) -> Life:
    party = cast.party(errand.who, number=errand.number, now=now)
    centre = places.agency(WARD_CENTRE)
    rng = Random(f"errand {errand.number}")  # noqa: S311 - invented answers, not secrets
    script = script_for(errand.code, party, rng=rng, today=now.date(), unit_code="06685", centre=centre)
    submitter = next(key for key, person in cast.report.people.items() if person == party.submitter.pk)
    life = Life(script, visitors.of(submitter), lambda role: visitors.of(_officer(life, role)), paper)
    life.prepare()
    if errand.until == "draft":
        return life
    life.submit()
    if errand.until != "submit":
        life.accept()
    if errand.until in ("steps", "all"):
        life.pass_steps()
    if errand.until == "all":
        life.hand_over()
        life.rate(4 + errand.number % 2)
    return life


def _officer(life: Life, role: str) -> str:
    """Who holds a role in the agency that has the dossier: the one chosen when it was filed."""
    if life.dossier_id is None:
        raise Unexpected("Nobody handles a dossier that is not filed yet.")
    dossier = Dossier.objects.select_related("receiving_agency", "competent_agency").get(pk=life.dossier_id)
    agency = dossier.receiving_agency if role == "reception" else dossier.competent_agency
    return f"{DESKS[role]}.{PLACES[agency.code]}"
