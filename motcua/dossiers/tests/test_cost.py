"""What an act may cost: a few statements, and no access row written that says the same as before."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from motcua.dossiers import services as dossiers
from motcua.dossiers.enums import Receiver, ResultKind
from motcua.dossiers.models import Access, Dossier
from motcua.dossiers.tests.factories import MONDAY, World, accepted, at_step, filing, submitted, world
from motcua.eforms import services as eforms
from motcua.eforms.queries import template_for
from motcua.identity.tests import factories as people
from motcua.kernel import clock
from motcua.kernel.actor import Role
from motcua.kernel.errors import Conflict
from motcua.kernel.ids import uuid7
from motcua.places import kept
from motcua.workflow.models import StepRun
from motcua.workflow.services.steps import StepPassed

pytestmark = pytest.mark.django_db
AT_MOST = {"submit": 5, "accept": 4, "draft": 2, "forward": 2, "sign": 2, "issue": 3, "hand over": 4, "rate": 3}
POST_AT_MOST = {"forward": 3, "hand over": 6, "rate": 4}  # the session, and the savepoints left out


@pytest.fixture
def here() -> Iterator[World]:
    """A world whose packs are loaded: what they say has been read."""
    made = world()
    kept.renew("places", "test")
    eforms.load_results(settings.PACK, now=MONDAY)
    template_for(made.procedure.code, MONDAY.date())
    accepted(made)
    yield made
    kept.forget()


class Counter:
    """Statements by act, transaction control left out."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Any, sql: str, *rest: Any) -> Any:
        self.count += not str(sql).startswith(("SAVEPOINT", "RELEASE"))
        return execute(sql, *rest)

    def of(self, act: Any) -> int:
        """How many statements an act takes."""
        before = self.count
        act()
        return self.count - before


def access_of(dossier: Dossier) -> set[tuple[Any, ...]]:
    """The access rows with their place on the disk: a row written again has another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audience, ctid::text FROM dossiers_access WHERE dossier_id = %s", [dossier.pk])
        return set(cursor.fetchall())


def test_each_act_of_a_life_takes_a_few_statements(here: World) -> None:
    found, counter = dict[str, int](), Counter()
    now = MONDAY

    def step(name: str, act: Any, role: Role | None = None, **more: Any) -> None:
        actor = here.actor(role or "citizen")
        found[name] = counter.of(lambda: act(dossier_id=key, actor=actor, now=now, key=uuid7(), **more))

    with connection.execute_wrapper(counter):
        kept_one: list[Dossier] = []
        citizen = here.actor("citizen")
        found["submit"] = counter.of(
            lambda: kept_one.append(dossiers.submit(filing=filing(here), actor=citizen, now=now, key=uuid7()))
        )
        key = kept_one[0].pk
        step("accept", dossiers.accept, Role.RECEPTION)
        draft = {"kind": ResultKind.GRANTED, "title": "Kết quả", "template_key": "", "body": {}}
        dossier = Dossier.objects.get(pk=key)
        while dossier.step_kind != "clerk":
            role = Role(dossier.step_role)
            if dossier.step_kind == "appraise":
                step("draft", dossiers.draft_result, role, **draft)
            step("sign" if dossier.step_kind == "sign" else "forward", dossiers.forward, role)
            dossier.refresh_from_db()
        step("issue", dossiers.issue, Role.CLERK, symbol="UBND", opens_register=True)
        taken = {"receiver": Receiver.OWNER, "receiver_name": dossier.owner_name, "signed_for": "ký sổ"}
        step("hand over", dossiers.hand_over, Role.RECEPTION, **taken)
        step("rate", dossiers.rate, score=5, comment="")
    assert {name: count for name, count in found.items() if count > AT_MOST[name]} == {}
    assert set(found) == set(AT_MOST)


def test_a_draft_of_the_result_leaves_the_lists_alone(here: World) -> None:
    dossier = accepted(here)
    while dossier.step_kind != "appraise":
        dossier = dossiers.forward(dossier_id=dossier.pk, actor=here.actor(Role(dossier.step_role)), now=MONDAY)
    before = access_of(dossier)
    dossiers.draft_result(
        dossier_id=dossier.pk, kind=ResultKind.GRANTED, title="Kết quả", template_key="", body={},
        actor=here.actor(Role.HANDLER), now=MONDAY,
    )  # fmt: skip
    assert access_of(dossier) == before


def test_acceptance_adds_the_code_to_the_words_and_keeps_the_others(here: World) -> None:
    new = submitted(here)
    words = "SELECT tsvector_to_array(words) FROM dossiers_access WHERE dossier_id = %s"
    with connection.cursor() as cursor:
        cursor.execute(words, [new.pk])
        before = [set(row[0]) for row in cursor.fetchall()]
        dossier = dossiers.accept(dossier_id=new.pk, actor=here.actor(Role.RECEPTION), now=MONDAY)
        cursor.execute(words, [new.pk])
        after = [set(row[0]) for row in cursor.fetchall()]
    code = {f"c:{str(dossier.code).lower()}", f"n:{str(dossier.code)[-4:].lstrip('0')}"}
    assert all(found == before[0] for found in before)
    assert all(found == before[0] | code for found in after), "the new desk's row too"


def test_the_desk_that_passed_it_on_is_left_and_the_next_one_reached(here: World) -> None:
    dossier = accepted(here)
    before = set(Access.objects.filter(dossier=dossier, reason="desk").values_list("audience", flat=True))
    dossiers.forward(dossier_id=dossier.pk, actor=here.actor(Role(dossier.step_role)), now=MONDAY)
    after = set(Access.objects.filter(dossier=dossier, reason="desk").values_list("audience", flat=True))
    assert len(before) == len(after) == 1
    assert before != after


def test_a_form_is_claimed_with_the_reading_and_acts_once(here: World) -> None:
    first, second, officer, key = submitted(here), submitted(here), here.actor(Role.RECEPTION), uuid7()
    accepted_once = dossiers.accept(dossier_id=first.pk, actor=officer, now=MONDAY, key=key)
    again = dossiers.accept(dossier_id=first.pk, actor=officer, now=MONDAY, key=key)
    assert (again.version, again.code) == (accepted_once.version, accepted_once.code)
    with pytest.raises(Conflict):
        dossiers.accept(dossier_id=second.pk, actor=officer, now=MONDAY, key=key)
    with pytest.raises(Conflict):
        dossiers.refuse(dossier_id=first.pk, reason="x", actor=officer, now=MONDAY, key=key)
    with pytest.raises(Conflict):
        dossiers.accept(dossier_id=first.pk, actor=here.actor(Role.LEADER), now=MONDAY, key=key)
    second.refresh_from_db()
    assert second.code is None


def test_a_step_that_is_left_already_is_not_left_again(here: World) -> None:
    dossier = accepted(here)
    StepRun.objects.filter(run=dossier.run).update(left_at=MONDAY, outcome="done")
    with pytest.raises(StepPassed), transaction.atomic():
        dossiers.forward(dossier_id=dossier.pk, actor=here.actor(Role(dossier.step_role)), now=MONDAY, key=uuid7())
    before = dossier.version
    dossier.refresh_from_db()
    assert dossier.version == before, "nothing of the act is written"


def test_a_form_sent_takes_the_session_and_the_act_and_nothing_else(here: World) -> None:
    """Session and act; handing over also looks at what the form is about and the fee, rating at an earlier rating."""
    counter, found, clients = Counter(), dict[str, int](), dict[str, Client]()
    clients["citizen"] = people.sign_in(Client(), here.citizen_account)
    for role in (Role.LEADER, Role.RECEPTION):
        clients[role] = people.sign_in(Client(), here.staff[role])
    dossier = at_step(here, "sign")

    def send(what: str, role: str, path: str, **fields: Any) -> None:
        dossier.refresh_from_db()
        data = {"expected": dossier.version, "key": uuid7(), **fields}
        with connection.execute_wrapper(counter):
            found[what] = counter.of(lambda: answers.append(clients[role].post(path, data)))

    answers: list[Any] = []
    send("forward", Role.LEADER, reverse("dossiers:act", args=[dossier.pk, "forward"]))
    dossiers.issue(
        dossier_id=dossier.pk, symbol="VB", opens_register=True, actor=here.actor(Role.CLERK), now=clock.now()
    )
    given = {"receiver": "owner", "receiver_paper": "Căn cước …9001", "signed": "record"}
    send("hand over", Role.RECEPTION, reverse("dossiers:handover_one", args=[dossier.pk]), **given)
    send("rate", "citizen", reverse("dossiers:rate", args=[dossier.pk]), score="5", comment="")
    assert [answer.status_code for answer in answers] == [302, 302, 302]
    assert {what: count for what, count in found.items() if count > POST_AT_MOST[what]} == {}
