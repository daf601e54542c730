"""The acts of identity: the only writers of its tables."""

from motcua.identity.services.absences import (
    ask_absence,
    confirm_absence,
    decided_by,
    decides_on,
    decline_absence,
    end_absence,
)
from motcua.identity.services.accounts import (
    close_account,
    create_account,
    end_role,
    grant_role,
    open_session,
    reset_second_factor,
    set_password,
)
from motcua.identity.services.bulk import register_people
from motcua.identity.services.cast import CastReport, load_cast
from motcua.identity.services.people import (
    BusinessFacts,
    PersonFacts,
    end_representation,
    find_or_register_person,
    log_access,
    record_kinship,
    register_business,
    represent,
    update_contact,
)
from motcua.identity.services.signin import (
    NationalIdentity,
    check_second_factor,
    confirm_second_factor,
    note_sign_out,
    prepare_second_factor,
    sign_in_locally,
    sign_in_nationally,
    totp,
)

__all__ = [
    "BusinessFacts", "CastReport", "NationalIdentity", "PersonFacts", "ask_absence", "check_second_factor",
    "close_account", "confirm_absence", "confirm_second_factor", "create_account", "decided_by", "decides_on",
    "decline_absence", "end_absence", "end_representation", "end_role", "find_or_register_person", "grant_role",
    "load_cast", "log_access", "note_sign_out", "open_session", "prepare_second_factor", "record_kinship",
    "register_business", "register_people", "represent", "reset_second_factor", "set_password", "sign_in_locally",
    "sign_in_nationally", "totp", "update_contact",
]  # fmt: skip
