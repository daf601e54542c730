"""One dossier through its life, by the services, at passed times."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from django.db import transaction

from motcua.catalogue import queries as catalogue
from motcua.catalogue.enums import CommuneChoice
from motcua.catalogue.models import Component, Procedure
from motcua.documents import services as documents
from motcua.documents.enums import Kind
from motcua.documents.services import Held
from motcua.doors.demo import timing
from motcua.doors.demo.people import Cast, Party
from motcua.doors.demo.plan import CLOSED, Ending, Story
from motcua.dossiers import services as dossiers
from motcua.dossiers.enums import Channel, Fault, Receiver, ResultForm, ResultKind
from motcua.dossiers.models import Dossier
from motcua.eforms import queries as eforms
from motcua.eforms import samples
from motcua.kernel.actor import Actor, Role, system
from motcua.kernel.clock import ZONE
from motcua.payments import queries as payments
from motcua.payments.enums import Method
from motcua.places import queries as places
from motcua.places.calendar import WorkingCalendar
from motcua.places.models import Agency
from motcua.workflow import queries as workflow
from motcua.workflow import rules as clock_rules

WARD, WARD_CENTRE, PROVINCE_CENTRE = "H49.106", "H49.106.01", "H49.23"
DESK = "doors.demo"  # under which files wait until their dossier exists
HANDED_IN = {True: "Ký xác nhận trên ứng dụng", False: "Ký vào sổ trả kết quả"}
# How many acts after acceptance an open dossier has behind it, by its turn.
PASSED = (1, 2, 3, 0, 2, 4)


class NoMoment(RuntimeError):
    """The calendar has no moment at which this dossier could have been accepted to stand where the plan wants it."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What does not change while a dossier lives."""

    story: Story
    procedure: Procedure
    party: Party
    competent: Agency
    receiving: Agency
    calendar: WorkingCalendar
    now: datetime
    rng: Random

    @property
    def is_online(self) -> bool:
        """Filed by the applicant at home."""
        return self.story.channel == "online"


class Driver:
    """Drives stories; `files` are sample papers already in the store."""

    def __init__(self, cast: Cast, files: list[Held], now: datetime) -> None:
        self.cast, self.files, self.now = cast, files, now
        self.units = eforms.units_on(now.date())

    @transaction.atomic
    def drive(self, story: Story) -> Dossier:
        """The whole story in one transaction: a demo stopped half-way has whole dossiers or none."""
        scene = self.scene(story)
        if story.ending in (Ending.NEW, Ending.OVERDUE, Ending.REFUSED, Ending.EARLY):
            return self._before_acceptance(scene)
        accepted_at = self._accepted_at(scene)
        dossier = self._arrive(scene, accepted_at)
        if story.ending in CLOSED:
            return self._to_the_end(scene, dossier)
        return self._leave_open(scene, dossier)

    def scene(self, story: Story) -> Scene:
        """People, agencies and calendar of a story."""
        procedure = catalogue.procedure(story.code)
        is_by_commune = catalogue.commune_choice(procedure) is CommuneChoice.MUST
        unit = places.unit("06685", self.now.date()) if is_by_commune else None
        competent = catalogue.competent_agency(procedure, unit, self.now.date()) or places.agency(WARD)
        is_ward = competent.code == WARD or procedure.code.startswith("2.")  # copies are asked for at any place
        receiving = places.agency(WARD_CENTRE if is_ward else PROVINCE_CENTRE)
        party = self.cast.party(story.who, number=story.number, now=self.now - timedelta(days=timing.BACK + 20))
        return Scene(
            story, procedure, party, competent, receiving, places.working_calendar(competent), self.now,
            Random(f"story {story.number}"),  # noqa: S311 - invented answers, not secrets
        )  # fmt: skip

    # ── filing ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _arrive(self, scene: Scene, accepted_at: datetime) -> Dossier:
        """Filed and accepted: online some working minutes before acceptance, at the counter in one act."""
        reception = self._reception(scene)
        if not scene.is_online:
            filing = self._filing(scene, accepted_at, reception)
            return dossiers.receive(filing=filing, actor=reception, now=accepted_at, key=scene.story.key)
        filed_at = accepted_at - timedelta(minutes=scene.rng.randrange(25, 110))
        dossier = self._submit(scene, filed_at)
        return dossiers.accept(dossier_id=dossier.pk, actor=reception, now=accepted_at)

    def _submit(self, scene: Scene, at: datetime) -> Dossier:
        applicant = self._applicant(scene)
        filing = self._filing(scene, at, applicant)
        return dossiers.submit(filing=filing, actor=applicant, now=at, key=scene.story.key)

    def _filing(self, scene: Scene, at: datetime, actor: Actor) -> dossiers.Filing:
        party, day = scene.party, at.date()
        form = eforms.form_for(scene.procedure.code, day)
        case = scene.procedure.cases.order_by("key").first()
        case_key = case.key if case else ""
        answers = samples.answers(form, party.facts(), scene.rng, today=day, units=self.units)
        submitter = party.submitter
        return dossiers.Filing(
            procedure_id=scene.procedure.pk, channel=Channel(scene.story.channel),
            receiving_agency_id=scene.receiving.pk, competent_agency_id=scene.competent.pk,
            owner_name=party.owner_name, owner_person_id=party.owner_person.pk if party.owner_person else None,
            owner_business_id=party.owner_business.pk if party.owner_business else None,
            submitter_person_id=submitter.pk, submitter_name=submitter.full_name, relation=party.relation,
            case_key=case_key, phone=submitter.phone, email=submitter.email,
            address=places.address(submitter.address_street, submitter.address_unit), form_key=form.key,
            form_version=form.version, answers=answers, files_from=(DESK, scene.story.key),
            papers=tuple(self._papers(scene, case_key, actor, at)),
            result_form=ResultForm.ELECTRONIC if scene.is_online else ResultForm.PAPER,
        )  # fmt: skip

    def _papers(self, scene: Scene, case_key: str, actor: Actor, at: datetime) -> list[dossiers.PaperIn]:
        wanted = [c for c in catalogue.components(scene.procedure, case_key) if c.is_required]
        if scene.is_online:  # the e-form is the declaration
            wanted = [c for c in wanted if not c.is_form]
        return [self._paper(scene, component, actor, at) for component in wanted[:5]]

    def _paper(self, scene: Scene, component: Component, actor: Actor, at: datetime) -> dossiers.PaperIn:
        originals, copies = component.original or 0, component.copy or 0
        if not scene.is_online and component.position % 2:
            return dossiers.PaperIn(component.name, component.key, originals=originals, copies=copies)
        held = scene.rng.choice(self.files)
        document = documents.store(
            upload=held, owner_kind=DESK, owner_id=scene.story.key, kind=Kind.COMPONENT, actor=actor, now=at,
            title=component.name,
        )  # fmt: skip
        paper = dossiers.PaperIn(component.name, component.key, document_id=document.pk, document_name=document.name)
        return paper if scene.is_online else replace(paper, originals=originals, copies=copies)

    # ── where it stands ─────────────────────────────────────────────────────────────────────────────────────────

    def _accepted_at(self, scene: Scene) -> datetime:
        """When it was accepted, so that it stands today where the story wants it."""
        now, calendar, turn = scene.now, scene.calendar, scene.story.number
        day = timing.due_day(calendar, now)
        opening = datetime(day.year, day.month, day.day, tzinfo=ZONE)
        closing = opening + timedelta(days=1)
        windows: dict[Ending, list[tuple[datetime, datetime]]] = {
            Ending.TODAY: [(max(now, opening), closing), (opening, closing)],
            Ending.LATE: [(now - timedelta(days=12), min(now, opening) - timedelta(hours=1))],
            Ending.RUNNING: [(closing, closing + timedelta(days=40))],
            Ending.REOPENED: [(closing, closing + timedelta(days=40))],
            Ending.CORRECTED: [(now - timedelta(days=60), now - timedelta(days=12))],
            Ending.WAITING: [(now - timedelta(days=6), now + timedelta(days=12))],
        }
        past = (now - timedelta(days=90), now - timedelta(days=2))
        for first, last in windows.get(scene.story.ending, [past]):
            spread = 5 if scene.story.ending in windows else 7
            found = timing.accepted_for(
                self._due_of(scene), calendar, now - timedelta(minutes=5), first=first, last=last, turn=turn * spread
            )
            if found:
                return found
        raise NoMoment(f"story {scene.story.number}: no moment for {scene.procedure.code} {scene.story.ending}")

    def _due_of(self, scene: Scene) -> timing.DueOf:
        facts = catalogue.filing_facts(scene.procedure, scene.story.channel, scene.now.date())
        definition = workflow.definition(facts.process_key, scene.now.date(), agency_id=scene.competent.pk)
        policy, limit = workflow.content_of(definition).policy, facts.duration

        def due(moment: datetime) -> datetime | None:
            return clock_rules.due(moment, limit, scene.calendar, policy).at if limit else None

        return due

    def _before_acceptance(self, scene: Scene) -> Dossier:
        """Filed online: nobody has looked yet, or it was refused, or something was missing."""
        ending, now = scene.story.ending, scene.now
        if ending == Ending.NEW:
            return self._submit(scene, now - timedelta(minutes=scene.rng.randrange(15, 200)))
        filed_at = scene.calendar.next_working(now - timedelta(days=7 + scene.story.number % 4)) + timedelta(hours=1)
        dossier = self._submit(scene, filed_at)
        if ending == Ending.OVERDUE:
            return dossier
        acted_at = scene.calendar.add_minutes(filed_at, 70)
        reception = self._reception(scene)
        if ending == Ending.REFUSED:
            reason = "Hồ sơ nộp không đúng thủ tục cần giải quyết. Mời ông/bà chọn đúng thủ tục và nộp lại."
            return dossiers.refuse(dossier_id=dossier.pk, reason=reason, actor=reception, now=acted_at)
        return self._ask(scene, dossier, reception, acted_at)

    def _leave_open(self, scene: Scene, dossier: Dossier) -> Dossier:
        """Some steps on the way, and then the story's own turn."""
        ending, start = scene.story.ending, dossier.accepted_at or scene.now
        count = PASSED[scene.story.number % len(PASSED)] if ending != Ending.WAITING else 1
        until = min(scene.now, dossier.due_at or scene.now)
        if ending == Ending.WAITING:
            until = min(until, scene.calendar.add_minutes(start, 600))
        moments = timing.spread(scene.calendar, start, until, [0.15 + 0.7 * n / 5 for n in range(count + 1)])
        for at in moments[:count]:
            if dossier.step_kind in ("clerk", "return"):
                break
            dossier = self.step(scene, dossier, at)
        last = moments[-1]
        if ending == Ending.WAITING:
            return self._ask(scene, dossier, self._holder(scene, dossier), last)
        if ending == Ending.WITHDRAWN:
            actor = self.cast.actor_of_person(scene.party.submitter.pk) or self._reception(scene)
            reason = "Tôi chưa có nhu cầu giải quyết nữa."
            return dossiers.withdraw(dossier_id=dossier.pk, reason=reason, actor=actor, now=last)
        if ending == Ending.STOPPED:
            reason = "Người nộp đề nghị dừng giải quyết để chờ bản án của Tòa án."
            return dossiers.stop(dossier_id=dossier.pk, reason=reason, actor=self._reception(scene), now=last)
        if ending == Ending.REOPENED:
            return self._stop_and_reopen(scene, dossier, last)
        return dossier

    def _stop_and_reopen(self, scene: Scene, dossier: Dossier, at: datetime) -> Dossier:
        reason = "Người nộp đề nghị dừng giải quyết."
        dossiers.stop(dossier_id=dossier.pk, reason=reason, actor=self._reception(scene), now=at)
        again = max(at, scene.now - timedelta(minutes=20))
        return dossiers.reopen(
            dossier_id=dossier.pk, reason="Dừng nhầm hồ sơ: đề nghị dừng là của hồ sơ khác cùng người nộp.",
            basis="Quyết định số 214/QĐ-UBND", now=again,
            actor=self.cast.on_desk(scene.competent.pk, Role.LEADER, scene.story.number),
        )  # fmt: skip

    # ── to the end ──────────────────────────────────────────────────────────────────────────────────────────────

    def _to_the_end(self, scene: Scene, dossier: Dossier) -> Dossier:
        ending, start = scene.story.ending, dossier.accepted_at or scene.now
        if ending == Ending.ANSWERED:
            dossier = self._supplemented(scene, dossier, start)
            start = max(line.at for line in dossier.story.all())
        due = dossier.due_at or scene.calendar.add_minutes(start, 2400)
        minutes = scene.calendar.minutes_between(start, due)
        share = 1.25 if ending == Ending.DELAYED else 0.55 + 0.4 * scene.rng.random()
        end = scene.calendar.add_minutes(start, max(30, int(minutes * share)))
        return self._finish(scene, dossier, start, min(end, scene.now - timedelta(minutes=30)))

    def _supplemented(self, scene: Scene, dossier: Dossier, start: datetime) -> Dossier:
        asked_at, answered_at = (scene.calendar.add_minutes(start, minutes) for minutes in (120, 700))
        dossier = self._ask(scene, dossier, self._holder(scene, dossier), asked_at)
        held = scene.rng.choice(self.files)
        actor = self._applicant(scene)
        document = documents.store(
            upload=held, owner_kind=DESK, owner_id=dossier.pk, kind=Kind.COMPONENT, actor=actor, now=answered_at,
        )  # fmt: skip
        paper = dossiers.PaperIn("Giấy tờ bổ sung", document_id=document.pk, document_name=document.name)
        return dossiers.answer_supplement(
            dossier_id=dossier.pk, papers=(paper,), answer="Tôi xin gửi bản rõ nét.", actor=actor, now=answered_at,
            files_from=(DESK, dossier.pk),
        )  # fmt: skip

    def _finish(self, scene: Scene, dossier: Dossier, start: datetime, end: datetime) -> Dossier:
        left = len(workflow.plan(dossier.run)) - 1 - dossier.step_position if dossier.run else 0
        for at in timing.spread(scene.calendar, start, end, [(n + 1) / left for n in range(left)]):
            if dossier.step_kind == "return":
                break
            dossier = self.step(scene, dossier, at)
        if scene.story.ending == Ending.UNPAID:
            return dossier
        if scene.story.ending == Ending.READY:
            return self._pay(scene, dossier, end)
        handed_at = min(scene.now, scene.calendar.add_minutes(end, scene.rng.randrange(20, 300)))
        dossier = self._hand_over(scene, self._pay(scene, dossier, handed_at), handed_at)
        applicant = self.cast.actor_of_person(scene.party.submitter.pk)
        if scene.story.score and applicant:
            dossiers.rate(
                dossier_id=dossier.pk, score=scene.story.score, comment=_COMMENTS[scene.story.score], actor=applicant,
                now=min(scene.now, handed_at + timedelta(hours=2)),
            )  # fmt: skip
        return self._correct(scene, dossier, handed_at) if scene.story.ending == Ending.CORRECTED else dossier

    def _correct(self, scene: Scene, dossier: Dossier, handed_at: datetime) -> Dossier:
        """Found wrong on the next working day; the new version is issued a day later and waits to be fetched."""
        at = scene.calendar.add_minutes(handed_at, 480)
        dossier = dossiers.correct(
            dossier_id=dossier.pk, wrong="Ngày sinh ghi trên kết quả không khớp với giấy tờ đã nộp.",
            reason="Người nhận báo tại quầy; đối chiếu hồ sơ thì do cơ quan ghi nhầm.", at_fault=Fault.AGENCY, now=at,
            actor=self.cast.on_desk(scene.competent.pk, Role.LEADER, scene.story.number),
        )  # fmt: skip
        for moment in timing.spread(scene.calendar, at, scene.calendar.add_minutes(at, 480), [0.2, 0.4, 0.6, 0.8]):
            if dossier.step_kind == "return":
                break
            dossier = self.step(scene, dossier, moment)
        return dossier

    def step(self, scene: Scene, dossier: Dossier, at: datetime) -> Dossier:
        """The act that ends the present step."""
        actor, key = self._holder(scene, dossier), dossier.pk
        if dossier.step_kind == "assign":
            handler = self.cast.on_desk(scene.competent.pk, Role.HANDLER, scene.story.number)
            return dossiers.assign(dossier_id=key, account_id=_account(handler), actor=actor, now=at)
        if dossier.step_kind == "clerk":
            return dossiers.issue(dossier_id=key, symbol=dossiers.sign_of(dossier), actor=actor, now=at)
        if dossier.step_kind == "appraise":
            if scene.story.ending == Ending.EXTERNAL:
                return self._record(scene, dossier, actor, at)
            self._draft(scene, dossier, actor, at)
        is_silent = scene.story.ending == Ending.LATE  # whoever need not be waited for has not answered yet
        for part in dossier.open_parts:
            if part["is_running"] and (part["is_required"] or not is_silent):
                dossiers.answer_part(
                    part_id=UUID(part["id"]), answer="Thống nhất, không có ý kiến khác.", actor=system("demo"), now=at
                )
        return dossiers.forward(dossier_id=key, actor=actor, now=at)

    def _draft(self, scene: Scene, dossier: Dossier, actor: Actor, at: datetime) -> None:
        template, body = dossiers.template_of(dossier), {}
        is_negative = scene.story.ending == Ending.NEGATIVE
        if template.officer and not is_negative:
            facts = scene.party.facts()
            body = samples.answers(template.officer, facts, scene.rng, today=at.date(), units=self.units)
        dossiers.draft_result(
            dossier_id=dossier.pk, kind=ResultKind.REFUSED if is_negative else ResultKind.GRANTED,
            title="Thông báo không đủ điều kiện giải quyết" if is_negative else template.heading,
            template_key=template.key, body=body, actor=actor, now=at,
            reason="Thửa đất nằm trong hành lang bảo vệ đường bộ theo quy hoạch đã công bố." if is_negative else "",
        )  # fmt: skip

    def _record(self, scene: Scene, dossier: Dossier, actor: Actor, at: datetime) -> Dossier:
        document = documents.store(
            upload=self.files[0], owner_kind=DESK, owner_id=dossier.pk, kind=Kind.RESULT, actor=actor, now=at,
        )  # fmt: skip
        return dossiers.record_result(
            dossier_id=dossier.pk, system="Hệ thống thông tin hộ tịch điện tử", title="Trích lục hộ tịch (bản sao)",
            symbol="1208/TLKS-BS", issued_on=at.date(), document_id=document.pk, actor=actor, now=at,
            files_from=(DESK, dossier.pk),
        )  # fmt: skip

    def _pay(self, scene: Scene, dossier: Dossier, at: datetime) -> Dossier:
        if not payments.due_amount(dossier.pk):
            return dossier
        return dossiers.record_payment(
            dossier_id=dossier.pk, method=scene.rng.choice((Method.CASH, Method.TRANSFER)),
            receipt_number=f"{scene.story.number + 1:07d}", actor=self._reception(scene), now=at,
        )  # fmt: skip

    def _hand_over(self, scene: Scene, dossier: Dossier, at: datetime) -> Dossier:
        returned = [paper.pk for paper in dossier.papers.all() if paper.originals]
        receiver = scene.party.submitter
        return dossiers.hand_over(
            dossier_id=dossier.pk, receiver=Receiver.OWNER, receiver_name=receiver.full_name,
            signed_for=HANDED_IN[scene.is_online], actor=self._reception(scene), now=at, returned_papers=returned,
        )  # fmt: skip

    def _ask(self, scene: Scene, dossier: Dossier, actor: Actor, at: datetime) -> Dossier:
        return dossiers.request_supplement(
            dossier_id=dossier.pk, items=["Bản chụp rõ nét của giấy tờ đã nộp, đủ các trang"],
            reason="Bản chụp bị mờ và thiếu trang, không đọc được số và ngày cấp.", actor=actor, now=at,
        )  # fmt: skip

    # ── who acts ────────────────────────────────────────────────────────────────────────────────────────────────

    def _applicant(self, scene: Scene) -> Actor:
        return self.cast.actor_of_person(scene.party.submitter.pk) or system("demo")

    def _reception(self, scene: Scene) -> Actor:
        return self.cast.on_desk(scene.receiving.pk, Role.RECEPTION, scene.story.number)

    def _holder(self, scene: Scene, dossier: Dossier) -> Actor:
        if dossier.assignee_id:
            return self.cast.actor_of(dossier.assignee_id)
        if dossier.step_agency_id is None:
            raise NoMoment(f"{dossier.shown_code} is in no step.")
        return self.cast.on_desk(dossier.step_agency_id, Role(dossier.step_role), scene.story.number)


def _account(actor: Actor) -> UUID:
    if actor.account_id is None:
        raise LookupError(f"{actor.name} has no account.")
    return actor.account_id


_COMMENTS = {
    5: "Nhanh, cán bộ hướng dẫn rõ ràng.", 4: "Thuận tiện, nhận kết quả đúng hẹn.", 3: "Bình thường.",
    2: "Kết quả trả chậm hơn ngày hẹn.", 1: "",
}  # fmt: skip
