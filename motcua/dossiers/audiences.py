"""Audiences: the keys under which access rows are written. One place derives them, for rows and for readers alike."""

from uuid import UUID, uuid5

from motcua.kernel.actor import Actor, Role

# Roles that see every dossier of their agency; a handler sees the desk's queue and what was given to them.
AGENCY_WIDE = (Role.RECEPTION, Role.HEAD, Role.LEADER, Role.CLERK, Role.DIRECTOR)


def desk(agency_id: UUID, role: str) -> UUID:
    """The audience of everybody holding `role` in an agency."""
    return uuid5(agency_id, role)


def desks_of(actor: Actor) -> list[UUID]:
    """The audiences whose turn is this actor's turn: the desks of the roles held, and the accounts: their own and those
    of absent colleagues they stand in for."""
    desks = [desk(grant.agency_id, grant.role) for grant in actor.grants]
    return list(dict.fromkeys([*(actor.accounts if actor.grants else ()), *desks]))


def agencies_of(actor: Actor) -> list[UUID]:
    """The agencies all of whose dossiers the actor may see."""
    return sorted(actor.agencies(*AGENCY_WIDE))


def audiences_of(actor: Actor) -> list[UUID]:
    """Every audience the actor belongs to."""
    own = [actor.person_id] if actor.person_id else []
    return [*own, *actor.businesses, *agencies_of(actor), *desks_of(actor)]


def office_audiences_of(actor: Actor) -> list[UUID]:
    """The audiences of the offices held: what the actor reaches at work, not as a private person."""
    return [*agencies_of(actor), *desks_of(actor)]
