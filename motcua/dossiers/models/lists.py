"""What lists and counts of an office keep."""

from django.db import models

from motcua.dossiers.enums import State
from motcua.dossiers.models.dossier import Dossier
from motcua.kernel.db import Record


class SavedFilter(Record):
    """A search an officer keeps under a name."""

    account_id = models.UUIDField()
    name = models.TextField()
    query = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account_id", "name"], name="dossiers_savedfilter_name")]


class Tally(models.Model):
    """How many dossiers of an agency are in a state; kept by a consumer, equal to a recount."""

    agency = models.ForeignKey("places.Agency", models.CASCADE, related_name="+")
    state = models.SmallIntegerField(choices=State.choices)
    count = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "state"], name="dossiers_tally_once")]


class Counted(models.Model):
    """The state under which a dossier stands in the tallies, so that an event read twice counts once."""

    dossier = models.OneToOneField(Dossier, models.CASCADE, primary_key=True, related_name="+")
    state = models.SmallIntegerField()
