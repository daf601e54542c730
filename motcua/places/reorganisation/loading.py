"""Plans of reorganisation from the pack: `places/plans.csv`, and under `places/plans/` the lines and levels of each."""

from dataclasses import dataclass
from pathlib import Path

from motcua.places import packfiles
from motcua.places.enums import AgencyLevel, LineKind
from motcua.places.models import Agency, Competence, Plan, PlanLine
from motcua.places.packfiles import BadValue, FileReport, Row

PLANS = "places/plans.csv"
PATTERNS = (PLANS, "places/plans/*.csv")


@dataclass(frozen=True, slots=True)
class Decided:
    """What the plans in effect say of the agencies that ended by them: the pack's rows do not undo it."""

    ends: dict[str, PlanLine]

    def overlay(self, agency: Agency) -> None:
        """Keep the end and the successor that the plan has decided."""
        line = self.ends.get(agency.code)
        if line is not None and line.from_agency.valid_to is not None:
            ended = line.from_agency.valid_to
            agency.valid_to = min(agency.valid_to or ended, ended)
            agency.successor_id = line.to_agency_id


def decided() -> Decided:
    """The lines in effect, by the code of the agency that ended."""
    lines = PlanLine.objects.filter(applied_at__isnull=False).select_related("from_agency")
    return Decided({line.from_agency.code: line for line in lines})


def load_plans(root: Path) -> list[FileReport]:
    """Load the plans and their lines; a plan that is in effect stays as it was applied."""
    if not (root / PLANS).exists():
        return []

    def make(row: Row) -> Plan:
        key = row.text("key", required=True)
        mark = packfiles.digest(root, PLANS, f"places/plans/{key}.csv", f"places/plans/{key}.levels.csv")
        return Plan(
            key=key, name=row.text("name", required=True), on=row.required_day("on"),
            legal_basis=row.text("legal_basis", required=True), is_verified=row.flag("verified"), digest=mark,
        )  # fmt: skip

    plans, report = packfiles.read(root, PLANS, make, key=("key",))
    known = {plan.key: plan for plan in Plan.objects.all()}
    reports = [report]
    for plan in plans:
        held = known.get(plan.key)
        if held is not None and (held.digest == plan.digest or not held.is_draft):
            report.same += 1
            continue
        plan.pk = held.pk if held else plan.pk
        Plan.objects.update_or_create(
            pk=plan.pk,
            defaults={
                "key": plan.key, "name": plan.name, "on": plan.on, "legal_basis": plan.legal_basis,
                "is_verified": plan.is_verified, "digest": plan.digest, "checked_at": None, "counts": {},
            },
        )  # fmt: skip
        report.new, report.changed = report.new + (held is None), report.changed + (held is not None)
        reports += [_load_lines(root, plan), _load_levels(root, plan)]
    return reports


def _load_lines(root: Path, plan: Plan) -> FileReport:
    codes = dict(Agency.objects.values_list("code", "pk"))
    name = f"places/plans/{plan.key}.csv"

    def make(row: Row) -> PlanLine:
        source, heir = row.text("from_code", required=True), row.text("to_code")
        for column, code in (("from_code", source), ("to_code", heir)):
            if code and code not in codes:
                raise BadValue(column, "There is no agency of this code.")
        if source == heir:
            raise BadValue("to_code", "An agency cannot be its own heir.")
        return PlanLine(
            plan=plan, position=row.number, from_agency_id=codes[source], to_agency_id=codes.get(heir),
            kind=row.choice("kind", LineKind.values), decision=row.text("decision"), is_verified=row.flag("verified"),
        )  # fmt: skip

    rows, report = packfiles.read(root, name, make, key=("from_agency_id",))
    PlanLine.objects.filter(plan=plan).delete()
    PlanLine.objects.bulk_create(rows)
    report.new += len(rows)
    return report


def _load_levels(root: Path, plan: Plan) -> FileReport:
    name = f"places/plans/{plan.key}.levels.csv"
    Competence.objects.filter(plan=plan).delete()
    if not (root / name).exists():
        return FileReport(name)

    def make(row: Row) -> Competence:
        return Competence(
            plan=plan, field=row.text("field"),
            goes_to=row.choice("goes_to", [AgencyLevel.PROVINCE.value, AgencyLevel.COMMUNE.value]),
            legal_basis=row.text("legal_basis"), is_verified=row.flag("verified"),
        )  # fmt: skip

    rows, report = packfiles.read(root, name, make, key=("field",))
    Competence.objects.bulk_create(rows)
    report.new += len(rows)
    return report
