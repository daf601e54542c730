"""Cases in the office: who sees which, what can be done, publication, figures."""

import io
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any
from uuid import uuid4

import openpyxl
import pypdfium2
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.documents import queries as documents_queries
from motcua.documents import services as documents_services
from motcua.documents.enums import Kind as DocumentKind
from motcua.documents.models import Verification
from motcua.documents.tests.factories import pdf
from motcua.dossiers.tests.factories import submitted
from motcua.identity.models import AccessEntry
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role
from motcua.support import queries, rules
from motcua.support import services as support
from motcua.support.enums import About, Kind, Publication, State
from motcua.support.models import Feedback, PublishedAnswer, Stay
from motcua.support.services.letters import LETTER
from motcua.support.tests.factories import ANONYMOUS, ANSWER, MONDAY, REASON, TEXT, Place, answered, at, place, send

INBOX = "/office/feedback/"


@pytest.fixture
def here(db: None) -> Iterator[Place]:
    with time_machine.travel(MONDAY, tick=False):
        yield place()


def client_of(here: Place, who: str) -> Client:
    return people.sign_in(Client(headers={"accept-language": "en"}), here.staff[who])


def listed(client: Client, query: str = "") -> list[str]:
    return [row["case"].subject for row in client.get(f"{INBOX}{query}").context["rows"]]


def url(name: str, case: Feedback, *more: Any) -> str:
    return reverse(f"support:{name}", args=[case.pk, *more])


def act(client: Client, case: Feedback, action: str, **fields: Any) -> Any:
    version = Feedback.objects.get(pk=case.pk).version
    return client.post(url("act", case, action), {"key": uuid4(), "expected": version, **fields})


def test_what_ends_first_stands_first(here: Place) -> None:
    send(here, at(20), subject="hôm thứ sáu")
    send(here, at(19), subject="hôm thứ năm")
    send(here, subject="hôm nay")
    send(here, subject="của Sở", agency_id=here.department.pk)
    client = client_of(here, "reception")
    assert listed(client) == ["hôm thứ năm", "hôm thứ sáu", "hôm nay"]
    nears = [row["near"] for row in client.get(INBOX).context["rows"]]
    assert nears == [rules.Nearness.SOON, rules.Nearness.SOON, rules.Nearness.IN_TIME]
    with time_machine.travel(at(23, 10), tick=False):
        assert client.get(INBOX).context["rows"][0]["near"] == rules.Nearness.LATE


def test_shelves(here: Place) -> None:
    waiting, done = send(here, subject="chờ"), send(here, subject="xong")
    support.ask(feedback_id=waiting.pk, what="Quầy nào, mấy giờ?", actor=here.actor("reception"), now=MONDAY)
    support.refuse(feedback_id=done.pk, reason=REASON, actor=here.actor("reception"), now=MONDAY)
    client = client_of(here, "head")
    assert (listed(client), listed(client, "?shelf=waiting"), listed(client, "?shelf=done")) == ([], ["chờ"], ["xong"])
    assert listed(client, "?shelf=nothing") == []


def test_the_province_s_director_follows_every_agency_and_acts_in_none(here: Place) -> None:
    case = send(here)
    client = client_of(here, "watcher")
    assert listed(client) == []
    assert listed(client, "?all=1") == [case.subject]
    assert listed(client_of(here, "reception"), "?all=1") == [case.subject]
    assert listed(client_of(here, "department"), "?all=1") == []
    page = client.get(url("office_case", case))
    assert page.status_code == 200
    assert {option["form"] for option in page.context["options"]} == {None}
    assert act(client, case, "take_up").status_code == 409


@pytest.mark.parametrize(
    ("who", "status"), [("reception", 200), ("head", 200), ("leader", 200), ("department", 404), ("handler", 403)]
)
def test_the_cast(here: Place, who: str, status: int) -> None:
    case = send(here)
    assert client_of(here, who).get(url("office_case", case)).status_code == status


def test_who_looked_is_written_down_for_the_reporter(here: Place) -> None:
    case = send(here)
    client_of(here, "reception").get(url("office_case", case))
    entry = AccessEntry.objects.get()
    assert (entry.person_id, entry.purpose, entry.subject_id) == (here.world.citizen.pk, "feedback", case.pk)


def test_name_and_contact_are_for_the_agency_that_has_the_case(here: Place) -> None:
    case = send(here, actor=ANONYMOUS, name="Bà Tư", phone="0912345678")
    assert "Bà Tư" in client_of(here, "reception").get(url("office_case", case)).content.decode()
    move = {"feedback_id": case.pk, "agency_id": here.department.pk, "reason": REASON, "now": MONDAY}
    support.transfer(**move, actor=here.actor("reception"))
    page = client_of(here, "reception").get(url("office_case", case)).content.decode()
    assert TEXT in page
    assert "Bà Tư" not in page
    assert "Bà Tư" in client_of(here, "department").get(url("office_case", case)).content.decode()


def test_the_whole_way_on_the_pages(here: Place) -> None:
    case, desk, head = send(here), client_of(here, "reception"), client_of(here, "head")
    assert act(desk, case, "take_up").status_code == 302
    assert act(desk, case, "answer", text=ANSWER).status_code == 409
    short = act(head, case, "answer", text="Đã xong.")
    assert short.status_code == 409
    assert "Đã xong." in short.content.decode()
    assert act(head, case, "answer", text=ANSWER).status_code == 302
    assert Feedback.objects.get().state == State.ANSWERED


def test_passed_on_on_the_page(here: Place) -> None:
    case, client = send(here), client_of(here, "reception")
    assert act(client, case, "transfer", agency="", reason=REASON).status_code == 422
    assert act(client, case, "transfer", agency=here.department.pk, reason=REASON).status_code == 302
    assert Feedback.objects.get().agency == here.department
    form = client_of(here, "department").get(url("office_case", case)).context["options"][1]["form"]
    offered = {value for value, _label in form.fields["agency"].choices}
    assert not offered & {str(here.commune.pk), str(here.department.pk)}
    assert str(here.province.pk) in offered


def test_an_old_page_keeps_what_was_typed(here: Place) -> None:
    case, client = send(here), client_of(here, "reception")
    act(client_of(here, "head"), case, "take_up")
    answer = client.post(url("act", case, "ask"), {"key": uuid4(), "expected": 1, "what": "Quầy nào, mấy giờ?"})
    assert answer.status_code == 409
    assert "Quầy nào, mấy giờ?" in answer.content.decode()
    assert "Cán bộ head" in answer.content.decode()


@pytest.mark.parametrize("action", ["publish", "rate", "repeat", "supplement", "nothing"])
def test_other_words_are_no_acts(here: Place, action: str) -> None:
    assert act(client_of(here, "reception"), send(here), action).status_code == 404


def in_every_state(here: Place) -> dict[str, Feedback]:
    """A case of the commune's centre in each state; the published one was rated."""
    desk, leader = here.actor("reception"), here.actor("leader")
    made = {"received": send(here, at(18)), "running": send(here), "asked": send(here), "replied": send(here)}
    made |= {"refused": send(here), "pending": answered(here, MONDAY - timedelta(days=2))}
    made["published"] = answered(here, MONDAY - timedelta(days=2))
    support.take_up(feedback_id=made["running"].pk, actor=desk, now=MONDAY)
    for name in ("asked", "replied"):
        support.ask(feedback_id=made[name].pk, what="Quầy nào, mấy giờ?", actor=desk, now=MONDAY)
    support.supplement(feedback_id=made["replied"].pk, reply="Quầy 2.", actor=here.actor("citizen"), now=MONDAY)
    support.refuse(feedback_id=made["refused"].pk, reason=REASON, actor=leader, now=MONDAY)
    parts = {"subject": "Chờ lâu", "text": TEXT, "answer": ANSWER}
    support.publish(feedback_id=made["published"].pk, actor=leader, now=MONDAY, **parts)
    rating = {"is_liked": False, "actor": here.actor("citizen"), "now": MONDAY}
    support.rate(feedback_id=made["published"].pk, **rating)
    return made


def test_the_page_of_every_state_for_the_office_and_for_the_reporter(here: Place) -> None:
    office, reporter = client_of(here, "leader"), Client(headers={"accept-language": "en"})
    people.sign_in(reporter, here.world.citizen_account)
    words = {
        "received": "Take it up now", "running": "In time", "asked": "The reporter has until", "replied": "Quầy 2.",
        "refused": REASON, "pending": "To be published", "published": "The reporter says it did not help.",
    }  # fmt: skip
    told = {
        "received": "The agency is late", "running": "Answer by", "asked": "Please reply by", "replied": "Quầy 2.",
        "refused": "Why it was not taken up", "pending": "Did the answer help?", "published": "without your name",
    }  # fmt: skip
    for name, case in in_every_state(here).items():
        assert words[name] in office.get(url("office_case", case)).content.decode(), name
        assert told[name] in reporter.get(url("case", case)).content.decode(), name
        assert case.code in reporter.get(f"{reverse('support:track')}?code={case.code}").content.decode()


def test_before_and_after(here: Place) -> None:
    text = f"{TEXT} Tôi là {here.world.citizen.full_name}, số 0912 345 678."
    case, client = answered(here, text=text), client_of(here, "reception")
    page = client.get(url("publish", case))
    shown, form = page.content.decode(), page.context["form"]
    assert text in shown
    assert "0912 345 678" in page.context["traces"]
    assert "0912" not in form.initial["text"]
    assert "[…]" in form.initial["text"]
    leak = {"key": uuid4(), "expected": case.version, "subject": case.subject, "text": text, "answer": ANSWER}
    assert client.post(url("publish", case), leak).status_code == 409
    assert not PublishedAnswer.objects.exists()
    assert client.post(url("publish", case), {**leak, "text": ""}).status_code == 422
    assert client.post(url("publish", case), {**leak, "expected": 1, "text": TEXT}).status_code == 409
    clean = {**leak, "text": form.initial["text"]}
    assert client.post(url("publish", case), clean).status_code == 302
    assert Feedback.objects.get().publication == Publication.PUBLISHED
    after = client.get(url("publish", case)).content.decode()
    assert text in after
    assert form.initial["text"] in after


def test_only_an_answered_case_of_one_s_agency_is_published(here: Place) -> None:
    running, done = send(here), answered(here)
    assert client_of(here, "reception").get(url("publish", running)).status_code == 404
    assert client_of(here, "watcher").get(url("publish", done)).status_code == 404


def test_a_file_in_the_office(here: Place) -> None:
    case, client = send(here), client_of(here, "reception")
    document = documents_services.store(
        upload=pdf(), name="anh.pdf", owner_kind=support.OWNER, owner_id=case.pk, kind=DocumentKind.EVIDENCE,
        actor=here.actor("citizen"), now=MONDAY,
    )  # fmt: skip
    assert client.get(url("office_file", case, document.pk)).status_code == 200
    assert client.get(url("office_file", case, uuid4())).status_code == 404
    assert client_of(here, "department").get(url("office_file", case, document.pk)).status_code == 404


def statements(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_the_inbox_costs_the_same_at_one_and_at_twenty(here: Place) -> None:
    send(here)
    client = client_of(here, "reception")
    before = statements(client, INBOX), statements(client, reverse("support:figures"))
    for day in range(1, 20):
        send(here, MONDAY - timedelta(days=day))
    assert (statements(client, INBOX), statements(client, reverse("support:figures"))) == before


# ── figures ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def counts(here: Place, **changes: Any) -> dict[str, queries.Counts]:
    span = {"first": at(1).date(), "last": at(30).date(), "now": at(30, 17), **changes}
    return {row.name: row for row in queries.feedback_counts(**span)}


def test_each_agency_answers_for_its_own_stay(here: Place) -> None:
    case = send(here)
    move = {"feedback_id": case.pk, "agency_id": here.department.pk, "reason": REASON}
    support.transfer(**move, actor=here.actor("reception"), now=at(26))
    support.take_up(feedback_id=case.pk, actor=here.actor("department"), now=at(26))
    support.answer(feedback_id=case.pk, text=ANSWER, actor=here.actor("department"), now=at(27))
    support.rate(feedback_id=case.pk, is_liked=True, actor=here.actor("citizen"), now=at(27))
    found = counts(here)
    commune, department = found[here.commune.name], found[here.department.name]
    assert (commune.received, commune.transferred, commune.late, commune.liked) == (1, 1, 1, 0)
    assert (department.received, department.answered, department.on_time, department.liked) == (1, 1, 1, 1)
    assert queries.total(found.values()).received == 2


def test_a_past_period_stays_as_it_was(here: Place) -> None:
    case = send(here)
    support.take_up(feedback_id=case.pk, actor=here.actor("leader"), now=MONDAY)
    period = {"first": at(23).date(), "last": at(23).date(), "now": at(30, 17)}
    before = queries.feedback_counts(**period)
    support.answer(feedback_id=case.pk, text=ANSWER, actor=here.actor("leader"), now=at(24))
    publish = {"feedback_id": case.pk, "actor": here.actor("leader"), "now": at(24), "subject": "Chờ", "text": TEXT}
    support.publish(**publish, answer=ANSWER)
    assert queries.feedback_counts(**period) == before
    assert (before[0].open, before[0].answered, before[0].published) == (1, 0, 0)


def test_repeated_and_published_are_counted(here: Place) -> None:
    case = answered(here)
    support.hold_back(feedback_id=case.pk, reason="Chỉ liên quan một người.", actor=here.actor("leader"), now=MONDAY)
    support.rate(feedback_id=case.pk, is_liked=False, actor=here.actor("citizen"), now=MONDAY)
    send(here, at(24), repeats_id=case.pk)
    row = counts(here, agencies={here.commune.pk})[here.commune.name]
    assert (row.received, row.answered, row.published, row.disliked, row.repeated, row.open) == (2, 1, 0, 1, 1, 1)


def test_the_statement_counts_late_as_the_rule_does(here: Place) -> None:
    """Random lives, at random moments: the condition in the database and the pure rule agree."""
    draw = Random(7)
    dossier = submitted(here.world)
    for number in range(60):
        _live(here, draw, MONDAY - timedelta(days=draw.randrange(40)), dossier.tracking_code if number % 4 == 0 else "")
    for _ in range(12):
        as_of = MONDAY + timedelta(days=draw.randrange(-30, 60), minutes=draw.randrange(600))
        rows = queries.feedback_counts(at(1, month=9).date(), at(1, year=2028).date(), now=as_of)
        stays = Stay.objects.filter(arrived_at__lte=as_of).select_related("feedback")
        late = sum(bool(rules.breaches(stay, stay.feedback.kind, as_of)) for stay in stays)
        assert queries.total(rows).late == late
        assert queries.total(rows).received == len(stays)


def _live(here: Place, draw: Random, now: Any, code: str) -> None:
    """A case that goes some way, each act some days after the one before."""
    Feedback.objects.update(received_at=at(1, year=2026, month=1))  # the day's limit is not the matter here
    more = {"kind": Kind.COMPLAINT, "dossier_code": code} if code else {"agency_id": here.world.committee.pk}
    case = send(here, now, **more)
    leader = here.actor("committee")

    def later() -> Any:
        nonlocal now
        now += timedelta(days=draw.randrange(9), minutes=draw.randrange(500))
        return {"feedback_id": case.pk, "now": now}

    if draw.random() < 0.2:
        support.transfer(**later(), agency_id=here.department.pk, reason=REASON, actor=leader)
        return
    if draw.random() < 0.4:
        support.ask(**later(), what="Quầy nào, mấy giờ?", actor=leader)
        if draw.random() < 0.3:
            return
        support.supplement(**later(), reply="Quầy 2.", actor=here.actor("citizen"))
    elif draw.random() < 0.8:
        support.take_up(**later(), actor=leader)
    else:
        return
    if draw.random() < 0.2:
        support.refuse(**later(), reason=REASON, actor=leader)
    elif draw.random() < 0.8:
        support.answer(**later(), text=ANSWER, actor=leader)
        if not code and draw.random() < 0.7:
            support.publish(**later(), subject="Chờ lâu", text=TEXT, answer=ANSWER, actor=leader)


def test_the_page_of_figures(here: Place) -> None:
    send(here)
    send(here, agency_id=here.department.pk)
    page = client_of(here, "reception").get(reverse("support:figures"))
    assert [row.name for row in page.context["rows"]] == [here.commune.name]
    everything = client_of(here, "watcher").get(reverse("support:figures"))
    assert everything.context["total"].received == 2
    wrong = client_of(here, "watcher").get(f"{reverse('support:figures')}?first=2/2/2026&last=1/2/2026")
    assert wrong.status_code == 422


def test_the_answer_as_a_letter_is_kept_and_can_be_checked(here: Place) -> None:
    case = answered(here, may_publish=False)
    client = client_of(here, "leader")
    assert url("office_letter", case) in client.get(url("office_case", case)).content.decode()
    first, again = (body(client.get(url("office_letter", case))) for _ in range(2))
    assert first == again
    text = text_of(first)
    for words in ("VĂN BẢN TRẢ LỜI PHẢN ÁNH, KIẾN NGHỊ", case.code, "máy gọi số hỏng", "Cán bộ leader", case.name):
        assert words in text
    assert Verification.objects.get(reference=case.code).subject_id == case.pk
    own = people.sign_in(Client(), here.world.citizen_account)
    assert body(own.get(url("letter", case))) == first


def test_a_refusal_gives_its_reason_and_an_open_case_no_letter(here: Place) -> None:
    case = send(here)
    client = client_of(here, "reception")
    assert client.get(url("office_letter", case)).status_code == 404
    support.refuse(feedback_id=case.pk, reason=REASON, actor=here.actor("reception"), now=MONDAY)
    text = text_of(body(client.get(url("office_letter", case))))
    assert "không thụ lý vì lý do sau" in text
    assert REASON in text


def test_others_do_not_get_it(here: Place) -> None:
    case = answered(here)
    assert client_of(here, "watcher").get(url("office_letter", case)).status_code == 403  # sees no names
    assert client_of(here, "department").get(url("office_letter", case)).status_code == 404
    assert Client().get(url("letter", case)).status_code == 404


def test_it_goes_with_the_name_of_the_reporter(here: Place) -> None:
    case = answered(here)
    body(client_of(here, "leader").get(url("office_letter", case)))
    kept = documents_queries.documents_of(LETTER, case.pk)
    assert kept.exists()
    support.forget(actor=here.actor("leader"), now=at(23, year=2033))
    assert not kept.exists()
    assert client_of(here, "leader").get(url("office_letter", case)).status_code == 404


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def text_of(content: bytes) -> str:
    pdf = pypdfium2.PdfDocument(content)
    try:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in pdf).split())
    finally:
        pdf.close()


def test_the_figures_as_a_spreadsheet_say_the_same(here: Place) -> None:
    answered(here)
    send(here)
    answer = client_of(here, "leader").get("/office/feedback/figures/", {"xlsx": "1"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["PAKN"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    assert rows[0][:4] == ["STT", "Cơ quan", "Đã nhận", "Đúng hạn"]
    assert rows[1][1:4] == [here.commune.name, 2, 2]
    assert rows[-1][1:4] == ["Tổng cộng", 2, 2]
    assert rows[1][rows[0].index("Đã trả lời")] == 1


def test_a_dossier_shows_what_was_written_about_it(here: Place) -> None:
    dossier = submitted(here.world)
    about = url("of_dossier", dossier)
    reception = people.sign_in(Client(), here.world.staff[Role.RECEPTION])
    assert about in reception.get(f"/office/dossiers/{dossier.pk}/").content.decode()
    assert "Nobody has written" in reception.get(about).content.decode()
    case = send(here, kind=Kind.COMPLAINT, about=About.DOSSIER, dossier_code=dossier.shown_code, subject="Bí mật")
    shown = reception.get(about).content.decode()
    assert case.code in shown
    handler = people.sign_in(Client(), here.world.staff[Role.HANDLER])
    part = handler.get(about, headers={"HX-Request": "true"})
    if part.status_code == 200:  # works on the dossier, sits at no desk of the case: that there is one, not its words
        assert "Bí mật" not in part.content.decode()
    assert client_of(here, "department").get(about).status_code == 404
    own = people.sign_in(Client(), here.world.citizen_account)
    assert "Bí mật" in own.get("/my/feedback/", {"dossier": str(dossier.pk)}).content.decode()
    assert "Bí mật" not in own.get("/my/feedback/", {"dossier": str(case.pk)}).content.decode()
    assert own.get("/my/feedback/", {"dossier": "x"}).status_code == 404
