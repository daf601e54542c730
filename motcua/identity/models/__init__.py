"""The tables of identity: people and their ties, accounts and their roles, absences, traces."""

from motcua.identity.models.absences import Absence
from motcua.identity.models.accounts import Account, SecondFactor, Session, StaffRole
from motcua.identity.models.people import Business, Kinship, Person, Representation
from motcua.identity.models.traces import AccessEntry, SignInEvent

__all__ = [
    "Absence", "AccessEntry", "Account", "Business", "Kinship", "Person", "Representation", "SecondFactor",
    "Session", "SignInEvent", "StaffRole",
]  # fmt: skip
