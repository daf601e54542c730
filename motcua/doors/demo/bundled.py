"""A life-event bundle of the demo: a family declared a birth, it is registered, the copies opened by themselves."""

from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID, uuid5

from django.db import transaction

from motcua.catalogue import queries as catalogue
from motcua.catalogue.models import Bundle as Plan
from motcua.documents import services as documents
from motcua.doors.demo import timing
from motcua.doors.demo.life import Driver
from motcua.doors.demo.people import Cast
from motcua.doors.demo.plan import NAMESPACE, Ending, Story
from motcua.dossiers import services as dossiers
from motcua.dossiers import wizard
from motcua.dossiers.enums import Channel, ResultForm
from motcua.dossiers.models import Bundle, Dossier, Draft
from motcua.dossiers.services.bundles import go_on
from motcua.eforms import samples
from motcua.kernel.actor import Actor, Role
from motcua.kernel.models import Act
from motcua.places import queries as places

WHO, NUMBER, PLAN = "nguyen.thu.ha", 900, "birth"
KEY: UUID = uuid5(NAMESPACE, "bundle")
PHOTO = "birth-notice.jpg"


@transaction.atomic
def drive(cast: Cast, folder: Path, now: datetime) -> int:
    """File it and register the birth, unless it is there; answers how many bundles were filed."""
    plans = {one.key: one for one in catalogue.bundles(now.date())}
    if PLAN not in plans or Act.objects.filter(key=KEY).exists():
        return 0
    driver = Driver(cast, [documents.hold(upload=(folder / PHOTO).read_bytes(), name=PHOTO)], now)
    scene = driver.scene(Story(NUMBER, "1.001193", WHO, "online", Ending.READY))
    filed_at = scene.calendar.add_minutes(scene.calendar.next_working(now - timedelta(days=4)), 30)
    actor = cast.actor(WHO)
    draft = _draft(driver, plans[PLAN], actor, filed_at)
    bundle = dossiers.file_bundle(draft=draft, filing=_filing(draft, filed_at), actor=actor, now=filed_at, key=KEY)
    _register(driver, bundle, filed_at)
    go_on(bundle_id=bundle.pk, now=now - timedelta(minutes=20))
    return 1


def _draft(driver: Driver, plan: Plan, actor: Actor, at: datetime) -> Draft:
    """The whole form with right answers, and with the box for the copies."""
    ward = places.unit("06685", at.date())
    choice = dossiers.Choice("self", unit_id=ward.pk if ward else None)
    lead = catalogue.bundle_members(plan)[0][1]
    draft = dossiers.begin(procedure=lead, choice=choice, actor=actor, now=at, bundle=plan)
    form, facts = wizard.form_of(draft), wizard.draft_facts(draft, at.date())
    for seed in range(200):
        rng = Random(f"bundle {seed}")  # noqa: S311 -- invented answers, not secrets
        answers = samples.answers(form, facts, rng, today=at.date(), units=driver.units)
        if answers.get("wanted_copies") and not answers.get("mother_unknown") and not answers.get("father_unknown"):
            break
    return dossiers.save_draft(draft_id=draft.pk, actor=actor, now=at, answers=answers)


def _filing(draft: Draft, at: datetime) -> dossiers.Filing:
    sheet, person = wizard.look_over(draft, at.date()), draft.person
    if sheet.agency is None or sheet.centre is None:
        raise LookupError("The demo's ward decides nothing.")
    return dossiers.Filing(
        procedure_id=draft.procedure_id, channel=Channel.ONLINE, receiving_agency_id=sheet.centre.agency_id,
        competent_agency_id=sheet.agency.pk, owner_name=person.full_name, owner_person_id=person.pk,
        submitter_person_id=person.pk, submitter_name=person.full_name, phone=person.phone, email=person.email,
        address=places.address(person.address_street, person.address_unit), form_key=draft.form_key,
        form_version=draft.form_version, answers=sheet.checked.answers, result_form=ResultForm.ELECTRONIC,
        draft_id=draft.pk, files_from=(dossiers.DRAFT, draft.pk),
    )  # fmt: skip


def _register(driver: Driver, bundle: Bundle, filed_at: datetime) -> None:
    """The ward accepts the birth and registers it within the day."""
    first = bundle.members.get(position=0).dossier
    if first is None:
        raise LookupError("The bundle's first dossier is missing.")
    scene = driver.scene(Story(NUMBER, "1.001193", WHO, "online", Ending.READY))
    reception = driver.cast.on_desk(first.receiving_agency_id, Role.RECEPTION, NUMBER)
    dossier: Dossier = dossiers.accept(
        dossier_id=first.pk, actor=reception, now=scene.calendar.add_minutes(filed_at, 40)
    )
    end = scene.calendar.add_minutes(filed_at, 400)
    for at in timing.spread(scene.calendar, scene.calendar.add_minutes(filed_at, 60), end, [0.2, 0.4, 0.6, 0.8, 0.95]):
        if dossier.step_kind == "return":
            break
        dossier = driver.step(scene, dossier, at)
