"""The pages to take pictures of, with real objects of the demo's data."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from motcua.documents.models import Verification
from motcua.dossiers.enums import RUNNING, State
from motcua.dossiers.models import Dossier, Draft
from motcua.identity.models import Account
from motcua.notifications.models import Message
from motcua.support.models import Feedback, PublishedAnswer

CITIZEN, BUSINESS_OWNER = "nguyen.thu.ha", "tran.van.hung"
RECEPTION, HANDLER, HEAD, LEADER, CLERK = (
    f"{desk}.honggai" for desk in ("canbo.tiepnhan", "chuyenvien", "truongphong", "lanhdao", "vanthu")
)
DIRECTOR, ADMIN, NOBODY = "giamdoc.honggai", "quantri", ""
BIRTH, STATUS_PAPER, NOT_ONLINE = "1.001193", "1.004873", "2.000815"


@dataclass(frozen=True, slots=True)
class Page:
    """A page, its name in the picture's file, and who looks at it ("" for somebody who is not signed in)."""

    name: str
    who: str
    path: str
    status: int = 200


def pages() -> Iterator[Page]:
    """Every page, public ones first. What the data do not have is left out."""
    yield from _public()
    yield from _signing()
    yield from _wizard()
    yield from _space()
    yield from _office()
    yield from _counter()
    yield from _feedback()
    yield from _demo()


def _public() -> Iterator[Page]:
    plain = {
        "home": "doors:home", "help": "doors:help", "accessibility": "doors:accessibility", "privacy": "doors:privacy",
        "procedures": "catalogue:browse", "track": "dossiers:track", "verify": "documents:verify_any",
    }  # fmt: skip
    for name, url in plain.items():
        yield Page(name, NOBODY, reverse(url))
    yield Page("search", NOBODY, f"{reverse('catalogue:search')}?q=khai+sinh")
    yield Page("search-nothing", NOBODY, f"{reverse('catalogue:search')}?q=zzzz")
    yield Page("procedure", NOBODY, reverse("catalogue:procedure", args=[BIRTH]))
    yield Page("procedure-counter-only", NOBODY, reverse("catalogue:procedure", args=[NOT_ONLINE]))
    yield Page("start-signed-out", NOBODY, reverse("dossiers:start", args=[BIRTH]))
    yield Page("not-found", NOBODY, "/nowhere/", status=404)
    running = _dossier(state__in=RUNNING)
    if running:
        yield Page("track-found", NOBODY, f"{reverse('dossiers:track')}?code={running.code}")
    yield Page("track-unknown", NOBODY, f"{reverse('dossiers:track')}?code=H49.106-010101-0001", status=404)
    checked = Verification.objects.order_by("pk").first()
    if checked:
        yield Page("verify-found", NOBODY, reverse("documents:verify", args=[checked.code]))


def _signing() -> Iterator[Page]:
    yield Page("sign-in", NOBODY, reverse("identity:sign_in"))
    yield Page("account", CITIZEN, reverse("identity:account"))
    yield Page("password", CITIZEN, reverse("identity:password"))
    yield Page("switch", BUSINESS_OWNER, reverse("identity:switch"))
    yield Page("second-factor-set-up", CITIZEN, reverse("identity:set_up_second_factor"))
    yield Page("sign-out", CITIZEN, reverse("identity:sign_out"))


def _wizard() -> Iterator[Page]:
    yield Page("start", CITIZEN, reverse("dossiers:start", args=[BIRTH]))
    yield Page("start-not-online", CITIZEN, reverse("dossiers:start", args=[NOT_ONLINE]))
    draft = Draft.objects.filter(dossier_id__isnull=True).order_by("-changed_at").first()
    who = _username(draft.person_id) if draft else ""
    if draft is None or not who:
        return
    yield Page("draft-for-whom", who, reverse("dossiers:draft_party", args=[draft.pk]))
    if draft.step and "-" not in draft.step:
        yield Page("draft-section", who, reverse("dossiers:draft", args=[draft.pk, draft.step]))
    for name in ("papers", "review", "drop"):
        yield Page(f"draft-{name}", who, reverse(f"dossiers:draft_{name}", args=[draft.pk]))


def _space() -> Iterator[Page]:
    yield Page("space", CITIZEN, reverse("doors:space"))
    yield Page("space-business", BUSINESS_OWNER, reverse("doors:space"))
    yield Page("own-dossiers", CITIZEN, reverse("dossiers:own"))
    yield Page("messages", CITIZEN, reverse("notifications:inbox"))
    found: dict[str, dict[str, Any]] = {
        "status-new": {"state": State.NEW}, "status-running": {"state__in": RUNNING},
        "status-waiting": {"state": State.SUPPLEMENT}, "status-ready": {"state": State.RESOLVED},
        "status-done": {"state": State.HANDED_OVER}, "status-refused": {"state": State.NOT_ACCEPTED},
    }  # fmt: skip
    for name, facts in found.items():
        dossier, who = _of_account(**facts)
        if dossier:
            yield Page(name, who, reverse("dossiers:status", args=[dossier.pk]))
            if dossier.state == State.SUPPLEMENT:
                yield Page("supplement", who, reverse("dossiers:supplement", args=[dossier.pk]))
            if dossier.state == State.NEW:
                yield Page("filed", who, reverse("dossiers:filed", args=[dossier.pk]))


def _office() -> Iterator[Page]:
    search = reverse("dossiers:office_search")
    yield Page("office-home", LEADER, reverse("doors:office"))
    yield Page("office-inbox-handler", HANDLER, reverse("dossiers:inbox"))
    yield Page("office-inbox-reception", RECEPTION, reverse("dossiers:inbox"))
    yield Page("office-dossiers", LEADER, search)
    yield Page("office-search", LEADER, f"{search}?q=Nguyễn")
    yield Page("office-search-nothing", LEADER, f"{search}?q=zzzz")
    steps = {"appraise": HANDLER, "assign": HEAD, "approve": HEAD, "sign": LEADER, "clerk": CLERK}
    for kind, who in steps.items():
        dossier = _dossier(step_kind=kind, state__in=RUNNING, competent_agency__code="H49.106")
        if dossier:
            yield Page(f"case-{kind}", who, reverse("dossiers:case", args=[dossier.pk]))
    states = {"new": State.NEW, "waiting": State.SUPPLEMENT, "ready": State.RESOLVED, "done": State.HANDED_OVER}
    for name, state in states.items():
        dossier = _dossier(state=state, receiving_agency__code="H49.106.01")
        if dossier:
            yield Page(f"case-{name}", RECEPTION, reverse("dossiers:case", args=[dossier.pk]))
    yield Page("report-ii06", DIRECTOR, reverse("reporting:ii06"))
    yield Page("undelivered", ADMIN, reverse("notifications:undelivered"))
    yield Page("staff", ADMIN, reverse("identity:staff"))
    clerk = Account.objects.filter(username=CLERK).first()
    if clerk:
        yield Page("staff-member", ADMIN, reverse("identity:staff_member", args=[clerk.pk]))
    yield Page("guidance", RECEPTION, reverse("counter:guidance"))


def _counter() -> Iterator[Page]:
    yield Page("reception", RECEPTION, reverse("dossiers:reception"))
    yield Page("handover", RECEPTION, reverse("dossiers:handover"))
    yield Page("warnings", LEADER, reverse("dossiers:warnings"))
    yield Page("warnings-none", LEADER, f"{reverse('dossiers:warnings')}?level=3&own=on")
    yield Page("uncollected", RECEPTION, reverse("dossiers:uncollected"))
    ready = Dossier.objects.filter(state=State.RESOLVED, receiving_agency__code="H49.106.01").order_by("finished_at")
    for number, dossier in enumerate(ready[:2]):
        yield Page(f"handover-one-{number + 1}", RECEPTION, reverse("dossiers:handover_one", args=[dossier.pk]))
    received = _dossier(channel="counter", state__in=RUNNING, receiving_agency__code="H49.106.01")
    if received:
        yield Page("received", RECEPTION, reverse("dossiers:received", args=[received.pk]))


def _feedback() -> Iterator[Page]:
    for name in ("about", "new", "track"):
        yield Page(f"feedback-{name}", NOBODY, reverse(f"support:{name}"))
    yield Page("feedback-new-signed-in", CITIZEN, reverse("support:new"))
    yield Page("feedback-own", CITIZEN, reverse("support:own"))
    published = PublishedAnswer.objects.first()
    if published:
        yield Page("feedback-answer", NOBODY, reverse("support:answer", args=[published.pk]))
    for who in (RECEPTION, LEADER):
        yield Page(f"feedback-inbox-{who.split('.')[0]}", who, reverse("support:inbox"))
    yield Page("feedback-figures", LEADER, reverse("support:figures"))
    cases = Feedback.objects.filter(agency__code="H49.106.01").order_by("pk")
    for case in {case.state: case for case in cases}.values():
        yield Page(f"feedback-office-{case.state}", LEADER, reverse("support:office_case", args=[case.pk]))
        yield Page(f"feedback-tracked-{case.state}", NOBODY, f"{reverse('support:track')}?code={case.code}")
        if case.publication == "pending":
            yield Page("feedback-publish", LEADER, reverse("support:publish", args=[case.pk]))
        who = _username(case.person_id) if case.person_id else ""
        if who:
            yield Page(f"feedback-case-{case.state}", who, reverse("support:case", args=[case.pk]))


def _demo() -> Iterator[Page]:
    yield Page("demo-outbox", NOBODY, reverse("notifications:outbox"))
    message = Message.objects.order_by("-pk").first()
    if message:
        yield Page("demo-outbox-message", NOBODY, reverse("notifications:outbox_message", args=[message.pk]))
    own = Message.objects.filter(recipient_id__in=Account.objects.filter(username=CITIZEN).values("person_id")).first()
    if own:
        yield Page("message", CITIZEN, reverse("notifications:message", args=[own.pk]))
    yield Page("design", NOBODY, reverse("ui:gallery"))


def _dossier(**facts: Any) -> Dossier | None:
    found = Dossier.objects.filter(is_reconstructed=False, **facts)
    return found.order_by("due_at", "submitted_at").first()


def _of_account(**facts: Any) -> tuple[Dossier | None, str]:
    """A dossier whose applicant has an account."""
    accounts = Account.objects.filter(is_active=True).values("person_id")
    dossier = _dossier(submitter_person_id__in=accounts, channel="online", **facts)
    return dossier, _username(dossier.submitter_person_id) if dossier and dossier.submitter_person_id else ""


def _username(person_id: Any) -> str:
    account = Account.objects.filter(person_id=person_id).first()
    return account.username if account else ""
