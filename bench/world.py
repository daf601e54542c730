"""People, sessions and scripts of the benches, on the present database."""

import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db.models import Count
from django.test.utils import override_settings
from django.urls import reverse

from bench import inside
from bench.life import random_for
from motcua.doors.demo.browser import Browser, Unexpected
from motcua.doors.demo.last import DESKS, PLACES
from motcua.doors.demo.life import WARD_CENTRE
from motcua.doors.demo.online import Life, script_for, sign_in_locally
from motcua.doors.demo.people import Cast
from motcua.dossiers.enums import State
from motcua.dossiers.models import Dossier, HandOver, Rating
from motcua.identity import services as identity
from motcua.kernel import clock
from motcua.kernel.actor import system
from motcua.kernel.models import AuditEntry, Event
from motcua.places import queries as places

CITIZEN = "nguyen.thu.ha"
FILE_SIZE = 100_000
# Each form sent → the audit verbs and events that it must leave behind.
EVIDENCE = {
    "submit": ("dossiers.submit", "dossiers.DossierSubmitted"),
    "accept": ("dossiers.accept", "dossiers.DossierAccepted"),
    "assign": ("dossiers.assign", "dossiers.DossierAssigned"),
    "draft_result": ("dossiers.draft_result", "dossiers.ResultDrafted"),
    "forward": ("dossiers.forward", "dossiers.StepPassed"),
    "issue": ("dossiers.issue", "dossiers.ResultIssued"),
    "hand_over": ("dossiers.hand_over", "dossiers.DossierHandedOver"),
    "rate": ("dossiers.rate", "dossiers.DossierRated"),
}


def load_cast() -> Cast:
    """The invented people; only the loading believes that this is a demo."""
    now = clock.now()
    with override_settings(DEMO=True):
        path: Path = settings.PACK / "people" / "cast.toml"
        report = identity.load_cast(path=path, actor=system("bench"), now=now)
    if report.refused:
        raise SystemExit(f"The bench's people were refused: {report.refused}")
    return Cast(report, settings.PACK, now.date())


def signed_in(address: str, username: str, *, looks: bool = False) -> Browser:
    """A browser with a session of its own, opened by password and authenticator code."""
    import tomllib

    cast = tomllib.loads((settings.PACK / "people" / "cast.toml").read_text("utf-8"))
    browser = Browser(address, looks=looks, user_agent="Motcua bench")
    sign_in_locally(browser, username, cast["password"])
    return browser


class World:
    """Signed-in people and what they type."""

    def __init__(self, address: str, code: str) -> None:
        self.cast, now = load_cast(), clock.now()
        party = self.cast.party(CITIZEN, number=0, now=now)
        self.script = script_for(
            code, party, rng=random_for("bench"), today=now.date(), unit_code="06685", centre=places.agency(WARD_CENTRE)
        )
        names = {role: self._username(role) for role in {"reception", *(role for _kind, role in self.script.steps)}}
        self.browsers = {role: signed_in(address, name) for role, name in names.items()}
        self.browsers["citizen"] = signed_in(address, CITIZEN)
        self.file = ("giay-to.pdf", _file(), "application/pdf")
        self.handler = str(self.cast.on_desk(self.script.competent.pk, _role("handler")).account_id)
        self.application = WSGIHandler()

    def _username(self, role: str) -> str:
        agency = self.script.receiving if role == "reception" else self.script.competent
        return f"{DESKS[role]}.{PLACES[agency.code]}"

    def life(self, *, looks: bool = False, browsers: Mapping[str, Browser] | None = None) -> Life:
        """A new life with the sessions that are open."""
        used = dict(browsers or self.browsers)
        if looks:
            used = {name: _looking(browser) for name, browser in used.items()}
        return Life(self.script, used["citizen"], lambda role: used[role], self.file, handler=self.handler)

    def acts(self, life: Life) -> None:
        """From the button that files it to the rating."""
        life.submit()
        life.accept()
        life.pass_steps()
        life.hand_over()
        life.rate()

    def print_slip(self, dossier_id: str) -> float:
        """Seconds of the first view of a receipt slip."""
        browser = self.browsers["reception"]
        answer = browser.get(reverse("dossiers:print_form", args=[dossier_id, "slip"]), follows=0)
        if answer.status_code != 200:
            raise Unexpected(f"The slip answered {answer.status_code}.")
        return browser.seconds

    def inside_life(self) -> None:
        """One life within this process, for the profile."""
        for _ in range(5):
            life = self._inside()
            life.prepare()
            self.acts(life)

    def _inside(self) -> Life:
        browsers = {name: inside.turned_inside(one, self.application) for name, one in self.browsers.items()}
        return self.life(browsers=browsers)

    def statements(self) -> dict[str, Any]:
        """Statements of a life, of its halves and of each form, counted within this process."""
        self.inside_life()  # what is read once is read now
        with inside.counted() as found:
            life = self._inside()
            counts = _per_post(life, found)
            life.prepare()
            filling, filling_posts = found.count, len(life.posts)
            self.acts(life)
        by = {what: round(sum(values) / len(values)) for what, values in counts.items()}
        return {
            "life": found.count, "filling": filling, "acts": found.count - filling, "filling_posts": filling_posts,
            "acts_posts": len(life.posts) - filling_posts, "by": by,
        }  # fmt: skip

    def missing(self, lives: int, posts: Counter[str]) -> list[str]:
        """What the database lacks of the evidence of all lives; lives within this process only add to it."""
        audit = dict(AuditEntry.objects.values_list("action").annotate(n=Count("*")).order_by())
        events = dict(Event.objects.values_list("name").annotate(n=Count("*")).order_by())
        found = []
        for what, (verb, event) in EVIDENCE.items():
            for kind, rows, name in (("audit rows", audit, verb), ("events", events, event)):
                if rows.get(name, 0) < posts[what]:
                    found.append(f"{posts[what]} times {what}, but {rows.get(name, 0)} {kind} {name}")
        counts = {
            "dossiers handed over": Dossier.objects.filter(state=State.HANDED_OVER).count(),
            "hand-over records": HandOver.objects.count(), "ratings": Rating.objects.count(),
        }  # fmt: skip
        found += [f"{lives} lives, but {count} {name}" for name, count in counts.items() if count < lives]
        return found


def _per_post(life: Life, found: inside.Statements) -> dict[str, list[int]]:
    """Keeps how many statements each form of a life took."""
    counts: dict[str, list[int]] = {}
    send = life._send

    def counting(what: str, *args: Any, **kwargs: Any) -> str:
        before = found.count
        target = send(what, *args, **kwargs)
        counts.setdefault(what, []).append(found.count - before)
        return target

    life._send = counting  # type: ignore[method-assign]
    return counts


def _looking(browser: Browser) -> Browser:
    copy = Browser(browser.base, looks=True)
    copy.cookies = browser.cookies
    return copy


def _role(name: str) -> Any:
    from motcua.kernel.actor import Role

    return Role(name)


def _file() -> bytes:
    """A PDF of 100 kB, different in every run."""
    import io

    import pikepdf

    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(420, 595))
    pdf.make_stream(random_for(str(time.time())).randbytes(FILE_SIZE - 900))
    pdf.Root.Bench = pdf.make_stream(random_for("bench").randbytes(FILE_SIZE - 900))
    out = io.BytesIO()
    pdf.save(out, compress_streams=False)
    return out.getvalue()
