"""One reception desk with dossiers waiting to be accepted, on the present database."""

from collections.abc import Sequence

from bench.world import load_cast
from motcua.catalogue.models import Procedure
from motcua.doors.demo.life import WARD_CENTRE
from motcua.dossiers import services as dossiers
from motcua.dossiers.enums import Action, Channel, Source
from motcua.dossiers.models import Dossier
from motcua.kernel import clock
from motcua.kernel.actor import Role
from motcua.kernel.ids import uuid7
from motcua.places import queries as places

CODE, CITIZEN = "1.004873", "nguyen.thu.ha"


class Desk:
    """A ward's reception and a citizen who files."""

    def __init__(self) -> None:
        cast, self.now = load_cast(), clock.now()
        self.centre = places.agency(WARD_CENTRE)
        self.procedure = Procedure.objects.get(code=CODE)
        self.citizen = cast.actor(CITIZEN)
        self.reception = cast.on_desk(self.centre.pk, Role.RECEPTION)

    def filed(self, count: int) -> list[Dossier]:
        """So many dossiers, filed online and not yet accepted."""
        assert self.centre.parent_id is not None  # noqa: S101 -- a ward's centre belongs to its committee
        filing = dossiers.Filing(
            procedure_id=self.procedure.pk, channel=Channel.ONLINE, receiving_agency_id=self.centre.pk,
            competent_agency_id=self.centre.parent_id, owner_name=self.citizen.name, source=Source.PORTAL,
            owner_person_id=self.citizen.person_id, submitter_person_id=self.citizen.person_id,
        )  # fmt: skip
        return [dossiers.submit(filing=filing, actor=self.citizen, now=self.now) for _ in range(count)]

    def accept(self, rows: Sequence[Dossier]) -> list[dossiers.Outcome]:
        """All of them by one form."""
        return dossiers.run_batch(
            action=Action.ACCEPT, dossier_ids=[one.pk for one in rows], versions={one.pk: one.version for one in rows},
            actor=self.reception, now=clock.now(), key=uuid7(),
        )  # fmt: skip
