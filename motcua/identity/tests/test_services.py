from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, connection, transaction

from motcua.identity import queries, seals
from motcua.identity import services as identity
from motcua.identity.models import AccessEntry, Account, Kinship, Person, Representation, StaffRole
from motcua.identity.tests import factories as make
from motcua.kernel import clock
from motcua.kernel.actor import ANONYMOUS, Actor, ActorKind, Role
from motcua.kernel.errors import Conflict, Refused
from motcua.kernel.models import AuditEntry, Event

pytestmark = pytest.mark.django_db
SYSTEM = make.SYSTEM


def register(**facts):
    return identity.find_or_register_person(
        facts=identity.PersonFacts(**{"full_name": "TRẦN THỊ BÉ", **facts}), actor=SYSTEM, now=clock.now()
    )


def code_of(call, *args, **kwargs) -> str:
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    return caught.value.code


def test_a_person_is_registered_once():
    first = register(id_number="022190000123", birth_date=date(1990, 2, 1), sex="female")
    again = register(id_number="022 190 000 123", full_name="Trần Thị Bé", phone="0900000001")
    assert again.pk == first.pk
    assert Person.objects.get().phone == "0900000001"
    assert first.full_name == "Trần Thị Bé"
    assert AuditEntry.objects.filter(action="identity.register_person").count() == 1
    assert Event.objects.filter(name="identity.PersonRegistered").count() == 1


def test_the_number_is_nowhere_in_plain():
    person = register(id_number="022190000123")
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(p)::text FROM identity_person p")
        row = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(a::text, ' ') FROM kernel_auditentry a")
        audits = cursor.fetchone()[0]
    assert "022190000123" not in row + audits
    found = Person.objects.get(pk=person.pk)
    assert (found.id_number, found.masked_id_number) == ("022190000123", "022•••••0123")


def test_what_is_known_is_not_overwritten_by_a_desk_but_by_the_national_identity():
    first = register(id_number="022190000123", phone="0900000001")
    register(id_number="022190000123", phone="0900000002")
    assert Person.objects.get().phone == "0900000001"
    register(id_number="022190000123", full_name="Trần Thị Bé Mới", phone="0900000003", is_vouched=True)
    found = Person.objects.get()
    assert (found.pk, found.full_name, found.phone) == (first.pk, "Trần Thị Bé Mới", "0900000003")
    assert found.folded == "tran thi be moi"
    assert found.id_checked_at is not None


def test_a_number_under_another_name_is_refused():
    register(id_number="022190000123")
    assert code_of(register, id_number="022190000123", full_name="Lê Văn Khác") == "number_of_another"
    assert register(id_number="022190000123", full_name="tran thi be").full_name == "Trần Thị Bé"


def test_many_people_at_once_leave_the_same_traces(django_assert_max_num_queries):
    known = register(id_number="022190000001", full_name="Trần Đã Biết")
    facts = [identity.PersonFacts(full_name=f"Lê Văn {n}", id_number=f"022090{n:06d}") for n in range(1, 41)]
    again = identity.PersonFacts(full_name="Trần Đã Biết", id_number="022190000001")
    with django_assert_max_num_queries(12):
        people = identity.register_people(facts=[*facts, again, facts[0]], actor=SYSTEM, now=clock.now())
    assert (people[40].pk, people[41].pk) == (known.pk, people[0].pk)
    assert Person.objects.count() == AuditEntry.objects.count() == 41
    assert Event.objects.filter(name="identity.PersonRegistered").count() == 41
    assert people[3].id_number == "022090000004"
    wrong = [identity.PersonFacts(full_name="Ai Đó", id_number="022190000077"), identity.PersonFacts("Sai", "1")]
    assert code_of(identity.register_people, facts=wrong, actor=SYSTEM, now=clock.now()) == "id_number_shape"
    assert Person.objects.count() == 41


def test_people_without_a_number_are_never_merged():
    assert register(birth_date=date(2026, 10, 1)).pk != register(birth_date=date(2026, 10, 1)).pk


def test_a_nameless_person_and_a_wrong_number_are_refused():
    assert code_of(register, full_name="  ") == "name_missing"
    assert code_of(register, id_number="022190000123", sex="male") == "id_number_sex"
    assert not Person.objects.exists()


def test_people_are_found_by_number_and_by_words_of_their_name():
    officer = queries.actor_of(make.officer().pk, clock.today())
    anh = register(full_name="Nguyễn Thị Ánh Nguyệt", id_number="022190000123")
    register(full_name="Nguyễn Văn Nam", id_number="022090000124")
    assert queries.find_person(id_number="022190000123", actor=officer) == [anh]
    assert queries.find_person(name="nguyet nguyen", actor=officer) == [anh]
    assert queries.find_person(name="ÁNH", actor=officer) == [anh]
    assert queries.find_person(name="ngu ng a", actor=officer) == [anh]
    assert queries.find_person(name="guyet", actor=officer) == []
    assert queries.find_person(id_number="123", actor=officer) == []
    assert queries.find_person(name=" ", actor=officer) == []


def test_strangers_find_nobody_and_citizens_find_themselves_and_kin():
    me, other = make.account(), make.person("Trần Người Lạ")
    mine = make.child(me.person)
    actor = queries.actor_of(me.pk, clock.today())
    assert set(Person.objects.visible_to(actor)) == {me.person, mine}
    assert not Person.objects.visible_to(ANONYMOUS).exists()
    officer = make.officer()
    assert other in Person.objects.visible_to(queries.actor_of(officer.pk, clock.today()))
    weak = queries.actor_of(officer.pk, clock.today(), has_second_factor=False)
    assert set(Person.objects.visible_to(weak)) == {officer.person}


def test_contact_data_change_once_and_never_silently():
    person = make.person()
    actor = Actor(kind=ActorKind.PERSON, person_id=person.pk)
    facts = {"phone": "0900000009", "email": "", "address_unit_id": None, "address_street": "Số 1", "language": "pt"}
    done = identity.update_contact(person_id=person.pk, expected=1, actor=actor, now=clock.now(), **facts)
    assert (done.phone, done.language, done.version) == ("0900000009", "pt", 2)
    with pytest.raises(Conflict):
        identity.update_contact(person_id=person.pk, expected=1, actor=actor, now=clock.now(), **facts)
    stranger = Actor(kind=ActorKind.PERSON, person_id=make.person().pk)
    with pytest.raises(Person.DoesNotExist):
        identity.update_contact(person_id=person.pk, expected=2, actor=stranger, now=clock.now(), **facts)


def test_a_business_is_registered_once_and_represented_in_time():
    person = make.person()
    company = make.business(person)
    assert make.business(person).pk == company.pk
    assert Representation.objects.count() == 1
    assert list(queries.businesses(person.pk, clock.today())) == [company]
    assert queries.legal_representative(company.pk, clock.today()) == person
    assert list(queries.businesses(person.pk, date(2019, 12, 31))) == []
    identity.end_representation(representation_id=Representation.objects.get().pk, actor=SYSTEM, now=clock.now())
    assert list(queries.businesses(person.pk, clock.today())) == []


def test_kinship_said_may_be_verified_later():
    mother, small = make.person(), make.person(year=2020)
    tie = {"person_id": mother.pk, "relative_id": small.pk, "relation": "child", "actor": SYSTEM, "now": clock.now()}
    identity.record_kinship(**tie)
    assert [(r.may_act, r.is_verified) for r in queries.relatives(mother.pk, clock.today())] == [(False, False)]
    identity.record_kinship(**tie, is_verified=True, evidence="TLKS 12/2020")
    assert queries.may_act_for(mother.pk, small.pk, clock.today())
    identity.record_kinship(**tie, evidence="other")
    assert Kinship.objects.get().evidence == "TLKS 12/2020"
    assert not queries.may_act_for(mother.pk, small.pk, date(2038, 1, 2))
    assert code_of(identity.record_kinship, **{**tie, "relative_id": mother.pk}) == "kinship_self"


def test_roles_have_days_and_end_at_once():
    officer, unit = make.account(), make.agency()
    make.grant(officer, Role.HANDLER, unit, valid_from=date(2025, 7, 1), valid_to=date(2025, 12, 31))
    on = {day: queries.staff_of(unit.pk, Role.HANDLER, on=day) for day in
          (date(2025, 6, 30), date(2025, 7, 1), date(2025, 12, 31), date(2026, 1, 1))}  # fmt: skip
    assert [len(found) for found in on.values()] == [0, 1, 1, 0]
    role = make.grant(officer, Role.CLERK, unit)
    assert [member.name for member in queries.staff_of(unit.pk, Role.CLERK, on=clock.today())] == [str(officer.person)]
    identity.end_role(staff_role_id=role.pk, actor=SYSTEM, now=clock.now())
    assert queries.staff_of(unit.pk, Role.CLERK, on=clock.today()) == []
    assert Event.objects.filter(name="identity.RoleEnded").count() == 1


def test_the_same_grant_twice_is_one_and_another_period_replaces_it():
    officer, unit = make.account(), make.agency()
    first = make.grant(officer, Role.HEAD, unit)
    assert make.grant(officer, Role.HEAD, unit).pk == first.pk
    other = make.grant(officer, Role.HEAD, unit, valid_to=date(2030, 1, 1))
    assert list(StaffRole.objects.valid(clock.today())) == [other]
    period = {"valid_from": date(2026, 1, 1), "valid_to": date(2025, 1, 1)}
    assert code_of(make.grant, officer, Role.HEAD, unit, **period) == "period"


def test_only_an_administrator_of_the_agency_grants():
    unit, elsewhere = make.agency(), make.agency("H49.107")
    admin = queries.actor_of(make.officer(Role.ADMIN, of=unit).pk, clock.today())
    weak = queries.actor_of(make.officer(Role.ADMIN, of=unit).pk, clock.today(), has_second_factor=False)
    handler = queries.actor_of(make.officer(Role.HANDLER, of=unit).pk, clock.today())
    someone = make.account()
    grant = {"account_id": someone.pk, "role": Role.CLERK, "valid_from": date(2026, 1, 1), "now": clock.now()}
    assert identity.grant_role(agency_id=unit.pk, actor=admin, **grant).role == "clerk"
    for actor, place in ((handler, unit), (weak, unit), (admin, elsewhere), (ANONYMOUS, unit)):
        assert code_of(identity.grant_role, agency_id=place.pk, actor=actor, **grant) == "not_admin"
    assert code_of(identity.close_account, account_id=someone.pk, actor=handler, now=clock.now()) == "not_admin"


def test_an_account_name_and_a_person_are_taken_once():
    first = make.account(username="Canbo.Mot ")
    assert first.username == "canbo.mot"
    assert code_of(make.account, username="canbo.mot") == "username_taken"
    assert code_of(make.account, of=first.person) == "person_has_account"


def test_reading_somebody_else_is_logged_for_ever():
    officer, person = make.officer(), make.person()
    actor = queries.actor_of(officer.pk, clock.today())
    identity.log_access(
        actor=actor, person_id=person.pk, purpose="tiếp nhận", now=clock.now(), fields=["id_number"],
        subject=("dossiers.dossier", person.pk),
    )  # fmt: skip
    identity.log_access(actor=actor, person_id=officer.person_id, purpose="own", now=clock.now())
    entry = queries.looks_at(person.pk)[0]
    assert (entry.actor_name, entry.fields, entry.purpose) == (actor.name, ["id_number"], "tiếp nhận")
    assert AccessEntry.objects.count() == 1
    for change in (AccessEntry.objects.all().delete, lambda: AccessEntry.objects.update(purpose="x")):
        with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
            change()


def test_fingerprints_need_the_key(settings):
    before, sealed = seals.fingerprint("022190000123"), seals.seal("022190000123")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-" + "y" * 50
    assert seals.fingerprint("022190000123") != before
    assert seals.unseal(sealed) == "022190000123"


@pytest.mark.django_db(transaction=True)
def test_two_desks_registering_one_number_at_once_get_one_person():
    start, found = Barrier(4), []

    def desk():
        start.wait()
        try:
            found.append(register(id_number="022190000123").pk)
        finally:
            connection.close()

    threads = [Thread(target=desk) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == Person.objects.count() == 1


def test_names_behind_accounts_cost_one_query(django_assert_num_queries):
    accounts = [make.account() for _n in range(3)]
    with django_assert_num_queries(1):
        names = queries.names_of({account.pk for account in accounts})
    assert names[accounts[0].pk] == accounts[0].person.full_name


def test_closing_an_account_ends_its_sessions():
    account = make.account()
    identity.open_session(account_id=account.pk)
    identity.close_account(account_id=account.pk, actor=SYSTEM, now=clock.now() + timedelta(seconds=1))
    account.refresh_from_db()
    assert not account.is_active
    assert not account.sessions.exists()
    with pytest.raises(Account.DoesNotExist):
        identity.open_session(account_id=account.pk)
