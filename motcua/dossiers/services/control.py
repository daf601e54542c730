"""The control sheet of a dossier: each hand-over between desks and agencies, as the log stood after its last line."""

from datetime import datetime

from motcua.documents import prints
from motcua.dossiers.enums import Happening, PartState
from motcua.dossiers.models import Dossier, Part
from motcua.dossiers.services.letters import head, person
from motcua.identity import queries as identity
from motcua.kernel import clock
from motcua.kernel.errors import NotReady
from motcua.places.enums import AgencyKind
from motcua.workflow import queries as workflow
from motcua.workflow.models import StepRun

ANSWERS = {
    PartState.RUNNING: "chưa trả lời", PartState.ANSWERED: "đã trả lời", PartState.REFUSED: "không nhận xử lý",
    PartState.PASSED_OVER: "không chờ trả lời", PartState.ASSENTED: "coi như đồng ý",
    PartState.DROPPED: "không còn cần",
}  # fmt: skip


def sheet(dossier: Dossier, check: prints.Check | None, now: datetime) -> prints.ControlData:
    """Form 05 of 2018, 06 of 2025: of the moment of the dossier's last line, so that two looks without an act between
    are the same paper."""
    if dossier.run is None or dossier.accepted_at is None:
        raise NotReady
    runs = workflow.steps(dossier.run.pk)
    parts = [part for part in dossier.parts.select_related("agency").order_by("started_at", "pk") if part.started_at]
    rows = sorted([*_desks(dossier, runs), *(_part(dossier, part) for part in parts)], key=lambda row: row.given_at)
    last = dossier.story.order_by("-at").first()
    lead = dossier.competent_agency
    known = {lead.name, dossier.receiving_agency.name}
    others = [step.agency.name for step in runs if step.agency.kind != AgencyKind.CENTRE] + [one.who for one in parts]
    return prints.ControlData(
        head=head(dossier), issued_at=last.at if last else dossier.accepted_at, check=check,
        dossier_code=dossier.shown_code, owner=dossier.owner_name, procedure=dossier.procedure.name,
        received_at=dossier.accepted_at, due_at=dossier.due_at,
        due_note="" if dossier.due_at else "Thời hạn chưa được xác định", steps=tuple(rows), lead_agency=lead.name,
        other_agencies=tuple(name for name in dict.fromkeys(others) if name and name not in known),
    )  # fmt: skip


def who_accepted(dossier: Dossier) -> str:
    """The officer who accepted the dossier; empty where a job did."""
    line = dossier.story.filter(what=Happening.ACCEPTED).first()
    return person(line.who) if line else ""


def outcome(left_at: datetime | None, due_at: datetime | None) -> str:
    """What became of the time allowed, in the law's words; empty while it runs or where there is none."""
    if left_at is None or due_at is None:
        return ""
    if left_at > due_at:
        return "Quá hạn"
    return "Trước hạn" if clock.local(left_at).date() < clock.local(due_at).date() else "Đúng hạn"


def _desks(dossier: Dossier, runs: list[StepRun]) -> list[prints.ControlStep]:
    accounts = {key for step in runs for key in (step.assignee_id, step.left_by_id) if key}
    names = identity.names_of(accounts) | {None: ""}
    return [
        prints.ControlStep(
            giver=_desk(before) if before else dossier.receiving_agency.name, receiver=_desk(step),
            giver_name=person(names.get(before.left_by_id, "")) if before else who_accepted(dossier),
            receiver_name=person(names.get(step.left_by_id or step.assignee_id, "")), given_at=step.entered_at,
            due_at=step.due_at, done_at=step.left_at, outcome=outcome(step.left_at, step.due_at), note=step.reason,
        )
        for before, step in zip([None, *runs], runs, strict=False)
    ]  # fmt: skip


def _part(dossier: Dossier, part: Part) -> prints.ControlStep:
    said = ANSWERS.get(PartState(part.state), "")
    return prints.ControlStep(
        giver=dossier.competent_agency.name, giver_name=person(part.asked_by), receiver=f"{part.who} – {part.name}",
        receiver_name=person(part.done_by or part.assignee_name), given_at=part.started_at or part.asked_at,
        due_at=part.due_at, done_at=part.done_at, outcome=outcome(part.done_at, part.due_at), note=said,
    )  # fmt: skip


def _desk(step: StepRun) -> str:
    return f"{step.agency.name} – {step.name}"
