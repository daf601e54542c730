"""Whatever points at an agency or a unit either passes to the heir in a reorganisation, or stays for a reason."""

from django.apps import apps

from motcua.places.models import Agency, Centre, Unit

# Carried by a mover (`REORGANISATION_MOVERS`), or by the service that a mover calls.
CARRIED = {
    "places.Agency.successor", "places.Counter.centre", "identity.StaffRole.agency", "workflow.Run.agency",
    "workflow.Run.receiving_agency", "workflow.StepRun.agency", "payments.Charge.agency",
    "dossiers.Dossier.receiving_agency", "dossiers.Dossier.competent_agency", "dossiers.Dossier.heir_agency",
    "dossiers.Dossier.step_agency", "dossiers.Draft.unit", "dossiers.Draft.receiving_agency", "dossiers.Mandate.agency",
    "dossiers.Part.agency", "dossiers.Tally.agency",
    "support.Feedback.agency",
}  # fmt: skip
# Stays where it is, and why.
STAYS = {
    "places.Unit.parent": "dated data", "places.Succession.from_unit": "dated data",
    "places.Succession.to_unit": "dated data", "places.Agency.parent": "dated data", "places.Agency.unit": "dated data",
    "places.Centre.agency": "the centre closes with its agency", "places.CalendarDay.agency": "dated data",
    "places.PlanLine.from_agency": "the plan itself", "places.PlanLine.to_agency": "the plan itself",
    "identity.Person.address_unit": "an address is as its owner gave it; a divided unit cannot be guessed",
    "identity.Business.address_unit": "as a person's",
    "catalogue.Field.agency_2023": "dated data", "catalogue.Field.agency_2025": "dated data",
    "catalogue.Procedure.competent_agency": "the catalogue reads its successor",
    "catalogue.OnTheSpot.centre": "a decision ends with the agencies it names",
    "catalogue.OnTheSpot.competent": "a decision ends with the agencies it names",
    "dossiers.StoryLine.agency": "what happened", "dossiers.Inheritance.from_agency": "what happened",
    "dossiers.Inheritance.to_agency": "what happened", "dossiers.HandOver.agency": "what happened",
    "dossiers.DueWarning.agency": "what happened; the heir is warned anew",
    "dossiers.DayNumber.agency": "a series closes with its agency",
    "dossiers.Register.agency": "a series closes with its agency",
    "dossiers.ClosedBook.agency": "a book closes with its year", "dossiers.Disposition.agency": "what happened",
    "counter.Guidance.agency": "what happened",
    "support.Stay.agency": "what happened", "support.StoryLine.agency": "what happened",
    "support.PublishedAnswer.agency": "what happened",
}  # fmt: skip


def named() -> set[str]:
    """Every column of ours that points at an agency, a unit or a centre."""
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.concrete and field.related_model in (Agency, Unit, Centre)
    }


def test_every_column_that_names_an_agency_is_carried_or_stays_for_a_reason() -> None:
    known = CARRIED | STAYS.keys()
    assert not CARRIED & STAYS.keys()
    assert sorted(named() - known) == [], "carry it in a mover, with a row in the replay's checks, or say why it stays"
    assert sorted(known - named()) == [], "gone: take it off the list"
