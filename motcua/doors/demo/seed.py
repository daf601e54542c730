"""`demo seed`: the cast, the samples to try with, and the dossiers of the plan."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TextIO
from uuid import UUID

from django.conf import settings

from motcua.documents import services as documents
from motcua.documents.services import Held
from motcua.doors.demo import timing
from motcua.doors.demo.life import Driver
from motcua.doors.demo.people import Cast
from motcua.doors.demo.plan import stories
from motcua.doors.demo.progress import Progress
from motcua.dossiers.enums import OPEN, RUNNING, WAITING, State
from motcua.dossiers.models import Dossier
from motcua.identity import queries as identity
from motcua.identity import services as people
from motcua.identity.models import Person
from motcua.kernel.actor import system
from motcua.kernel.models import Act
from motcua.places import queries as places
from motcua.places import services as place_acts

PAPERS = ("declaration.pdf", "birth-notice.jpg", "marriage-certificate.jpg", "house-photo.png")
STAFF = {"canbo", "chuyenvien", "truongphong", "lanhdao", "phochutich", "vanthu", "giamdoc", "quantri"}
SEX_WORDS = {"male": "Nam", "female": "Nữ"}


class SeedError(RuntimeError):
    """The demo's people could not be loaded; the message says which and why."""


def load_cast(now: datetime) -> Cast:
    """The people of the pack; loaded again, nothing changes."""
    report = people.load_cast(path=settings.PACK / "people" / "cast.toml", actor=system("demo"), now=now)
    if report.refused:
        refused = "; ".join(f"{key}: {why}" for key, why in report.refused)
        raise SeedError(f"Some of the demo's people were refused: {refused}")
    return Cast(report, settings.PACK, now.date())


def reorganise(now: datetime) -> int:
    """The plans whose day is past are in effect, as in any province that has lived through them; how many were not."""
    waiting = [plan for plan in reversed(places.plans()) if plan.is_draft and plan.on <= now.date()]
    for plan in waiting:
        place_acts.apply(plan_id=plan.pk, actor=system("demo"), now=now)
    return len(waiting)


def write_samples(cast: Cast, now: datetime) -> Path:
    """ID-card codes of the cast's citizens and files to upload, in `samples/` beside the data."""
    folder: Path = settings.DATA / "samples"
    if not (folder / "README.txt").exists():
        cards = {key: _card(person) for key, person in _citizens(cast).items()}
        documents.write_samples(folder, cards=cards, limit=settings.UPLOAD_LIMIT, now=now)
    return folder


def _citizens(cast: Cast) -> dict[str, Person]:
    found = identity.people(set(cast.report.people.values()))
    return {
        key: found[person_id]
        for key, person_id in cast.report.people.items()
        if key in cast.report.accounts and found[person_id].id_number and not _is_staff(key)
    }


def _is_staff(key: str) -> bool:
    return key.split(".")[0] in STAFF


def _card(person: Person) -> str:
    """The text of the QR code of an identity card: seven fields (see `identity.rules.parse_id_card_qr`)."""
    born = person.birth_date or date(1990, 1, 1)
    address = places.address(person.address_street, person.address_unit)
    fields = [person.id_number, "", person.full_name, f"{born:%d%m%Y}", SEX_WORDS.get(person.sex, "Nam"), address]
    return "|".join([*fields, "10072021"])


def drive(cast: Cast, folder: Path, now: datetime, out: TextIO) -> int:
    """Drive what the plan tells and the database does not know yet; answers how many were driven."""
    plan = list(stories())
    known = set(Act.objects.filter(key__in=[story.key for story in plan]).values_list("key", flat=True))
    missing = [story for story in plan if story.key not in known]
    if not missing:
        out.write(f"  {len(plan)} dossiers are there already.\n")
        return 0
    driver = Driver(cast, _held(folder), now)
    progress = Progress(out, len(missing))
    for done, story in enumerate(missing, start=1):
        dossier = driver.drive(story)
        progress.show(done, f"{dossier.shown_code} {State(dossier.state).label}")
    return len(missing)


def _held(folder: Path) -> list[Held]:
    return [documents.hold(upload=(folder / name).read_bytes(), name=name) for name in PAPERS]


def figures(now: datetime) -> Mapping[str, int]:
    """Where the demo's dossiers stand, for the person at the terminal."""
    rows = list(Dossier.objects.filter(is_reconstructed=False).values_list("state", "due_at", "procedure_id"))
    calendar = places.working_calendar()
    day = timing.due_day(calendar, now)
    counts: Counter[str] = Counter()
    kinds: set[UUID] = set()
    for state, due_at, procedure_id in rows:
        kinds.add(procedure_id)
        counts["open"] += state in OPEN
        counts["waiting"] += state in WAITING
        counts["late"] += state in RUNNING and due_at is not None and due_at < now
        counts["due"] += state in RUNNING and due_at is not None and due_at.astimezone(now.tzinfo).date() == day
        counts["ready"] += state == State.RESOLVED
    return {"dossiers": len(rows), "procedures": len(kinds), **counts}
