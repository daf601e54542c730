"""Many people at once leave what one at a time leaves: the same people, the same traces, each number once."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motcua.identity import services as identity
from motcua.identity.models import Person
from motcua.identity.services import PersonFacts
from motcua.identity.services.bulk import register_people
from motcua.identity.tests import factories as make
from motcua.kernel import clock
from motcua.kernel.errors import Refused
from motcua.kernel.models import AuditEntry, Event

pytestmark = pytest.mark.django_db


def facts(number: str, name: str = "Trần Thị Bé", **more: object) -> PersonFacts:
    return PersonFacts(full_name=name, id_number=number, **more)  # type: ignore[arg-type]


def register(*people: PersonFacts) -> list[Person]:
    return register_people(facts=people, actor=make.SYSTEM, now=clock.now())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(picks=st.lists(st.integers(-1, 5), max_size=12))
def test_the_people_come_back_in_order_each_number_once(db: None, picks: list[int]) -> None:
    """-1 is somebody without a number: always a person of their own; 0 is known before."""
    numbers = [make.id_number() for _ in range(6)]
    known = identity.find_or_register_person(facts=facts(numbers[0], "Đã Biết"), actor=make.SYSTEM, now=clock.now())
    before = Person.objects.count(), AuditEntry.objects.count(), Event.objects.count()
    found = register(*(facts("" if pick < 0 else numbers[pick], f"Người {pick}") for pick in picks))
    fresh = {pick for pick in picks if pick > 0}
    made = len(fresh) + picks.count(-1)
    assert Person.objects.count() == before[0] + made
    assert AuditEntry.objects.count() == before[1] + made
    assert Event.objects.count() == before[2] + made
    for pick, person in zip(picks, found, strict=True):
        assert person.id_number == ("" if pick < 0 else numbers[pick])
        assert (person == known) == (pick == 0)
    assert {one.pk for one in found if one.id_number} == {
        Person.objects.get(pk=one.pk).pk for one in found if one.id_number
    }
    assert Person.objects.get(pk=known.pk).full_name == "Đã Biết", "who is known stays unchanged"


def test_the_row_is_the_one_a_single_act_writes() -> None:
    number = make.id_number("male", 1985)
    told = facts(number, "TRẦN VĂN ĐỨC", sex="male", birth_date=date(1985, 3, 4), phone="0912345678")
    single = identity.find_or_register_person(facts=told, actor=make.SYSTEM, now=clock.now())
    columns = [f.attname for f in Person._meta.concrete_fields if f.attname not in {"id", "created_at", "updated_at"}]
    one = {name: getattr(Person.objects.get(pk=single.pk), name) for name in columns}
    single.delete()
    (bulk,) = register(told)
    many = {name: getattr(Person.objects.get(pk=bulk.pk), name) for name in columns}
    sealed = {name for name in columns if "sealed" in name}
    assert {k: v for k, v in many.items() if k not in sealed} == {k: v for k, v in one.items() if k not in sealed}
    assert bulk.id_number == number


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": "123"}, {"number": "022190000001", "sex": "male"},
        {"number": "022190000001", "birth_date": date(1991, 1, 1)},
    ],
)  # fmt: skip
def test_one_wrong_number_stops_everybody(wrong: dict[str, object]) -> None:
    before = Person.objects.count()
    with pytest.raises(Refused):
        register(facts(make.id_number()), facts(**wrong))  # type: ignore[arg-type]
    assert Person.objects.count() == before
