"""A dossier's whole life over the pages, as its people live it: the applicant at home, officers at their desks."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from django.urls import reverse

from motcua.catalogue import queries as catalogue
from motcua.doors.demo.browser import Browser, Files, Unexpected
from motcua.doors.demo.people import Party
from motcua.dossiers.enums import Channel
from motcua.eforms import queries as eforms
from motcua.eforms import rules as eform_rules
from motcua.eforms import samples
from motcua.eforms.sections import section_form
from motcua.identity import services as identity
from motcua.identity.models import SecondFactor
from motcua.places import queries as places
from motcua.places.models import Agency
from motcua.workflow import queries as workflow


@dataclass(frozen=True, slots=True)
class Script:
    """What the applicant and the officers type for one procedure."""

    code: str
    start: dict[str, Any]
    sections: tuple[tuple[str, dict[str, Any]], ...]
    papers: tuple[str, ...]  # components that need a file
    contact: dict[str, str]
    result: dict[str, Any]
    steps: tuple[tuple[str, str], ...]  # (kind, role) after acceptance
    competent: Agency
    receiving: Agency
    receiver: str


@dataclass
class Act:
    """One form sent: its word, where it led, how long the answer took."""

    what: str
    target: str
    seconds: float


@dataclass
class Life:
    """One dossier on its way through the pages; `posts` grows with every form sent."""

    script: Script
    applicant: Browser
    staff: Callable[[str], Browser]
    file: tuple[str, bytes, str]
    handler: str = ""  # the account the assigning step gives it to; without one, the first that the page offers
    posts: list[Act] = field(default_factory=list)
    draft_path: str = ""
    dossier_id: UUID | None = None
    version: int = 0

    def prepare(self) -> None:
        """Open a draft, fill in the form page by page, add the papers."""
        start = reverse("dossiers:start", args=[self.script.code])
        self.draft_path = self._send("start", self.applicant, start, self.script.start)
        draft_id = self.draft_id
        for key, data in self.script.sections:
            self._send("section", self.applicant, reverse("dossiers:draft", args=[draft_id, key]), data)
        path = reverse("dossiers:draft_papers", args=[draft_id])
        for component in self.script.papers:
            self._send("paper", self.applicant, path, {"component": component}, [("file", self.file)])
        self.draft_path = reverse("dossiers:draft_review", args=[draft_id])

    @property
    def draft_id(self) -> UUID:
        """The draft it begins as, once it is opened."""
        return UUID(self.draft_path.split("/")[2])

    def submit(self) -> None:
        """The last look and the button that files it."""
        data = {**self.script.contact, "promise": "on", "without_papers": "on"}
        self._go("submit", self.applicant, self.draft_path, data)

    def accept(self) -> None:
        """At the counter that receives it."""
        self._office("accept", "reception")

    def pass_steps(self) -> None:
        """From acceptance to issue: what each step of the process asks for."""
        for kind, role in self.script.steps:
            if kind == "assign":
                self._office("assign", role)
            elif kind == "appraise":
                self._office("draft_result", role, self.script.result)
                self._office("forward", role)
            elif kind in ("approve", "sign"):
                self._office("forward", role)
            elif kind == "clerk":
                unseen = {"symbol": "GXN", "opens_register": "on"}  # who does not look chooses nothing
                self._office("issue", role, unseen if not self.staff(role).looks else {})

    def hand_over(self) -> None:
        """Into the hands of the one who filed it."""
        path = reverse("dossiers:handover_one", args=[self.dossier_id])
        data = {
            "receiver": "owner", "receiver_name": self.script.receiver, "receiver_paper": "Căn cước …9001",
            "signed": "record", "expected": self.version,
        }  # fmt: skip
        self._go("hand_over", self.staff("reception"), path, data)

    def rate(self, score: int = 5) -> None:
        """The applicant's opinion."""
        page = reverse("dossiers:status", args=[self.dossier_id])
        data = {"score": str(score), "comment": "", "expected": self.version}
        self._send("rate", self.applicant, reverse("dossiers:rate", args=[self.dossier_id]), data, page=page)

    def _office(self, what: str, role: str, data: dict[str, Any] | None = None) -> None:
        browser = self.staff(role)
        page = reverse("dossiers:case", args=[self.dossier_id])
        if what == "assign":
            data = {"account": self.handler or _first_choice(browser, page)}
        sent = {**(data or {}), "expected": self.version}
        self._go(what, browser, reverse("dossiers:act", args=[self.dossier_id, what]), sent, page=page)

    def _go(self, what: str, browser: Browser, path: str, data: dict[str, Any], *, page: str = "") -> None:
        """An act that moves the dossier on by one version."""
        if browser.looks:
            data.pop("expected", None)
        target = self._send(what, browser, path, data, page=page)
        if self.dossier_id is None:
            self.dossier_id = UUID(target.split("/")[3])
        self.version += 1

    def _send(
        self, what: str, browser: Browser, path: str, data: Mapping[str, Any], files: Files = (), *, page: str = ""
    ) -> str:  # fmt: skip
        if browser.looks:
            data = {key: value for key, value in data.items() if key != "expected"}
        target = browser.act(path, data, files, page=page)
        self.posts.append(Act(what, target, browser.seconds))
        return target


def script_for(code: str, party: Party, *, rng: Random, today: date, unit_code: str, centre: Agency) -> Script:
    """What is typed for a procedure, for a party, with the present forms; reads only."""
    procedure = catalogue.procedure(code)
    unit = places.unit(unit_code, today)
    competent = catalogue.competent_agency(procedure, unit, today)
    if competent is None or unit is None:
        raise Unexpected(f"Nobody in {unit_code} decides on {code}.")
    form, units, facts = eforms.form_for(code, today), eforms.units_on(today), party.facts()
    answers = samples.answers(form, facts, rng, today=today, units=units)
    sections = []
    for section in eform_rules.visible_sections(form, answers):
        page = section_form(form, section.key, answers, today=today, language="vi", units=units)
        sections.append((section.key, dict(page.form.data)))
    has_own_form = form.key != eforms.GENERIC
    papers = [
        component.key
        for component in catalogue.components(procedure)
        if component.is_required and not (component.is_form and has_own_form)
    ]
    cases = procedure.cases.order_by("position")
    filing = catalogue.filing_facts(procedure, Channel.ONLINE, today)
    definition = workflow.definition(filing.process_key, today, agency_id=competent.pk)
    steps = [(step.kind, step.role) for step in workflow.content_of(definition).steps[1:]]
    return Script(
        code=code, sections=tuple(sections), papers=tuple(papers), steps=tuple((str(k), str(r)) for k, r in steps),
        start={
            "whom": _whom(party), "unit": str(unit.pk), "centre": str(centre.pk),
            **({"case": cases[0].key} if cases else {}),
        },
        contact={"phone": party.submitter.phone, "email": party.submitter.email, "result_form": "electronic"},
        result=_result(code, party, rng, today), competent=competent, receiving=centre,
        receiver=party.submitter.full_name,
    )  # fmt: skip


def _whom(party: Party) -> str:
    if party.owner_business is not None:
        return f"business:{party.owner_business.pk}"
    owner = party.owner_person
    return "self" if owner is None or owner.pk == party.submitter.pk else f"person:{owner.pk}"


def _result(code: str, party: Party, rng: Random, today: date) -> dict[str, Any]:
    """What the officer types into the draft of the result."""
    template, data = eforms.template_for(code, today), {}
    if template.officer:
        units = eforms.units_on(today)
        answers = samples.answers(template.officer, party.facts(), rng, today=today, units=units)
        key = template.officer.sections[0].key
        data = dict(section_form(template.officer, key, answers, today=today, language="vi", units=units).form.data)
    return {**data, "kind": "granted", "title": template.heading, "reason": ""}


def _first_choice(browser: Browser, page: str) -> str:
    """The first officer in the list of those who can be given the dossier."""
    html = browser.get(page).text
    at = html.find('name="account"')
    for part in html[at : at + 4000].split('value="')[1:]:
        value = part.split('"', 1)[0]
        if len(value) == 36:
            return value
    raise Unexpected(f"{page} offers nobody to assign the dossier to.")


# ── signing in ──────────────────────────────────────────────────────────────────────────────────────────────────────


def sign_in_nationally(browser: Browser, username: str) -> None:
    """Through the stand-in of the national identity: choose the person, come back signed in."""
    browser.get(reverse("identity:sign_in"))
    answer = browser.post(reverse("identity:start_national"), page=reverse("identity:sign_in"))
    if not answer.is_redirect:
        raise Unexpected(f"The sign-in page answered {answer.status_code}: is the stand-in of the neighbours running?")
    asked = answer.headers["Location"]
    desk = urlsplit(asked)
    neighbour = Browser(f"{desk.scheme}://{desk.netloc}", looks=False)  # its form carries no token of ours
    back = neighbour.post(desk.path, {**_query(asked), "person": username, "methods": "otp"})
    if not back.is_redirect:
        raise Unexpected(f"The stand-in does not know {username} ({back.status_code}).")
    browser.get(back.headers["Location"])


def sign_in_locally(browser: Browser, username: str, password: str) -> None:
    """With the account's password, and the code of its authenticator where it has one."""
    page = reverse("identity:sign_in")
    browser.get(page)
    target = browser.act(page, {"username": username, "password": password})
    if target == reverse("identity:second_factor"):
        factor = SecondFactor.objects.get(account__username=username)
        code = identity.totp(factor).generate(int(time.time())).decode()
        browser.get(target)
        browser.act(target, {"code": code})


def _query(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))
