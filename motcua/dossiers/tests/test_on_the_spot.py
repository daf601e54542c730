"""The way inside the centre: only under a delegation, with every invariant of the usual way."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from motcua.catalogue.models import OnTheSpot
from motcua.documents import queries as documents
from motcua.dossiers import services as dossiers
from motcua.dossiers.enums import Channel, ResultKind, State
from motcua.dossiers.models import Dossier, Register
from motcua.dossiers.services import Handing, Paid, prints
from motcua.dossiers.tests import factories
from motcua.dossiers.tests.factories import MONDAY, World, filing, office_day
from motcua.identity import queries as identity
from motcua.identity.models import Account
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Actor, Role
from motcua.kernel.errors import Conflict, Refused
from motcua.kernel.ids import uuid7
from motcua.kernel.models import AuditEntry, Event
from motcua.payments.enums import Method
from motcua.workflow import queries as workflow

pytestmark = pytest.mark.django_db
HANDING = Handing("Nguyễn Thị Hạnh", "ký vào sổ")


@pytest.fixture
def here() -> Iterator[World]:
    with office_day(process="certification-same-day", fee=8_000) as made:
        for role in (Role.HANDLER, Role.CLERK):
            made.staff[role] = people.officer(role, of=made.centre, name=f"Cán bộ {role.value} tại Trung tâm")
        yield made


@pytest.fixture
def delegate(here: World) -> Account:
    return people.officer(Role.LEADER, of=here.centre, name="Người được ủy quyền")


def delegation(of: World, **changes: Any) -> OnTheSpot:
    values: dict[str, Any] = {
        "key": "thu", "centre": of.centre, "competent": of.committee, "procedures": [of.procedure.code],
        "delegate_role": "leader", "delegate_title": "Giám đốc Trung tâm", "decision": "Quyết định 12/QĐ-UBND",
        "decided_on": date(2026, 1, 5), "capacity": ["TUQ. CHỦ TỊCH", "GIÁM ĐỐC TRUNG TÂM"],
        "valid_from": date(2026, 1, 5), **changes,
    }  # fmt: skip
    return OnTheSpot.objects.create(**values)


def actor(account: Account) -> Actor:
    return identity.actor_of(account.pk, MONDAY.date())


def received(of: World, **changes: Any) -> Dossier:
    handed = filing(of, channel=Channel.COUNTER, **{"on_the_spot": True, **changes})
    return dossiers.receive(filing=handed, actor=of.actor(Role.RECEPTION), now=MONDAY)


def settle(of: World, dossier: Dossier, by: Account, **changes: Any) -> Dossier:
    values: dict[str, Any] = {
        "title": "Bản sao chứng thực", "template_key": "generic", "body": {}, "handing": HANDING,
        "paid": Paid(Method.CASH, "0000012"), **changes,
    }  # fmt: skip
    return dossiers.settle_at_once(dossier_id=dossier.pk, actor=actor(by), now=MONDAY, **values)


def refusal(act: Any, *args: Any, **words: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        act(*args, **words)
    return caught.value


def test_without_a_delegation_the_centre_passes_the_dossier_on(here: World) -> None:
    found = refusal(received, here)
    assert found.code == "no_delegation"
    assert "61/2018/NĐ-CP" in found.message
    assert here.committee.name in found.message
    assert not Dossier.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"valid_from": date(2026, 11, 24)},
        {"valid_to": date(2026, 11, 22)},
        {"ended_on": date(2026, 11, 20), "end_reason": "Thay người."},
        {"procedures": ["9.999999"]},
    ],
)
def test_a_delegation_of_other_days_or_procedures_opens_nothing(here: World, changes: dict[str, Any]) -> None:
    delegation(here, **changes)
    assert refusal(received, here).code == "no_delegation"


def test_every_step_lies_in_the_centre_and_the_clock_is_the_usual_one(here: World) -> None:
    delegation(here)
    usual = received(here, on_the_spot=False, spot_declined="Người ký đi vắng.")
    inside = received(here)
    assert (usual.spot_id, usual.spot_declined) == (None, "Người ký đi vắng.")
    assert inside.due_at == usual.due_at
    assert inside.run
    assert usual.run
    assert inside.run.policy == usual.run.policy
    assert {step.place for step in workflow.plan(inside.run)} == {"receiving"}
    assert inside.step_agency_id == here.centre.pk != usual.step_agency_id


def test_step_by_step_the_delegate_signs_and_the_centres_clerk_seals(here: World, delegate: Account) -> None:
    delegation(here)
    dossier = received(here)
    clerk, handler = actor(here.staff[Role.CLERK]), actor(here.staff[Role.HANDLER])
    dossiers.draft_result(
        dossier_id=dossier.pk, kind=ResultKind.GRANTED, title="Bản sao", template_key="generic", body={}, actor=handler,
        now=MONDAY,
    )  # fmt: skip
    dossiers.forward(dossier_id=dossier.pk, actor=handler, now=MONDAY)
    dossiers.forward(dossier_id=dossier.pk, actor=actor(delegate), now=MONDAY)
    dossier = dossiers.issue(dossier_id=dossier.pk, symbol="TLKS", opens_register=True, actor=clerk, now=MONDAY)
    assert dossier.state == State.RESOLVED
    assert Register.objects.get().agency_id == here.committee.pk  # the competent agency's own register goes on


def test_nobody_but_the_delegate_signs_and_not_after_its_last_day(here: World, delegate: Account) -> None:
    other = people.officer(Role.LEADER, of=here.centre, name="Người khác")
    found = delegation(here, delegate_id=delegate.pk)
    dossier = received(here)
    assert refusal(settle, here, dossier, other).code == "not_delegate"
    OnTheSpot.objects.filter(pk=found.pk).update(ended_on=MONDAY.date() - timedelta(days=1), end_reason="Hết.")
    late = refusal(settle, here, dossier, delegate)
    assert late.code == "delegation_over"
    assert "Quyết định 12/QĐ-UBND" in late.message
    assert "61/2018/NĐ-CP" in late.message
    OnTheSpot.objects.filter(pk=found.pk).update(ended_on=None, end_reason="", procedures=["9.999999"])
    assert refusal(settle, here, dossier, delegate).code == "delegation_procedure"


def test_settled_at_once_everything_holds(here: World, delegate: Account) -> None:
    delegation(here)
    dossier = settle(here, received(here), delegate)
    dossier = Dossier.objects.get(pk=dossier.pk)
    result = dossier.result
    assert dossier.state == State.HANDED_OVER
    assert dossier.finished_at == dossier.closed_at == MONDAY
    assert (result.number, result.signed_by, result.sealed_at) == (1, "Người được ủy quyền", MONDAY)
    assert dossier.hand_over.is_at_once
    assert [line.what for line in dossier.story.order_by("pk")] == [
        "submitted", "accepted", "paid", "drafted", "forwarded", "forwarded", "issued", "handed_over",
    ]  # fmt: skip
    acts = set(AuditEntry.objects.filter(subject_id=dossier.pk).values_list("action", flat=True))
    assert {"dossiers.accept", "dossiers.issue", "dossiers.hand_over", "dossiers.settle_at_once"} <= acts
    names = set(Event.objects.values_list("name", flat=True))
    assert {"dossiers.ResultIssued", "dossiers.DossierHandedOver"} <= names
    assert not documents.documents_of(dossiers.OWNER, dossier.pk).filter(kind="slip").exists()  # no slip was made
    slip = dossiers.paper(dossier=dossier, form="slip", actor=actor(delegate), now=MONDAY)
    assert slip.name.startswith("slip-")  # who asks for one gets it


def test_unpaid_nothing_is_settled_and_no_number_is_lost(here: World, delegate: Account) -> None:
    delegation(here)
    first, second = received(here), received(here)
    assert refusal(settle, here, first, delegate, paid=None).code == "unpaid"
    kept = Dossier.objects.get(pk=first.pk)
    assert (kept.state, kept.step_kind, hasattr(kept, "result")) == (State.ACCEPTED, "appraise", False)
    assert [settle(here, one, delegate).result.number for one in (second, first)] == [1, 2]


def test_a_dossier_filed_online_is_settled_by_a_delegate_who_also_receives(here: World) -> None:
    delegation(here, delegate_role="handler")
    both = people.officer(Role.RECEPTION, of=here.centre, name="Công chức Trung tâm")
    people.grant(both, Role.HANDLER, of=here.centre)
    online = factories.submitted(here)
    leader = people.officer(Role.LEADER, of=here.centre, name="Chỉ là lãnh đạo")
    assert refusal(settle, here, online, leader).code == "person"
    done = settle(here, online, both)
    assert done.state == State.HANDED_OVER
    assert done.code


def test_a_dossier_on_the_usual_way_is_not_settled_at_once(here: World, delegate: Account) -> None:
    delegation(here)
    usual = received(here, on_the_spot=False)
    assert refusal(settle, here, usual, delegate).code == "not_on_the_spot"


def test_the_same_form_settles_once_and_an_old_page_nothing(here: World, delegate: Account) -> None:
    delegation(here)
    dossier, key = received(here), uuid7()
    with pytest.raises(Conflict):
        settle(here, dossier, delegate, expected=dossier.version - 1)
    once = settle(here, dossier, delegate, key=key)
    again = settle(here, dossier, delegate, key=key)
    assert (again.version, again.result.number) == (once.version, 1)
    other = received(here)
    with pytest.raises(Conflict, match="another dossier"):
        settle(here, other, delegate, key=key)
    assert Dossier.objects.get(pk=other.pk).state != State.HANDED_OVER


def test_nobody_settles_a_matter_of_their_own(here: World, delegate: Account) -> None:
    delegation(here)
    dossier = received(here)
    party = replace(actor(delegate), person_id=here.citizen.pk)
    found = refusal(
        dossiers.settle_at_once, dossier_id=dossier.pk, title="Giấy", template_key="generic", body={}, handing=HANDING,
        actor=party, now=MONDAY,
    )  # fmt: skip
    assert found.code == "own_matter"


def test_the_result_says_as_whom_and_with_whose_seal(here: World, delegate: Account) -> None:
    delegation(here)
    dossier = Dossier.objects.get(pk=settle(here, received(here), delegate).pk)
    data = prints._DATA["result"](dossier, None, MONDAY)
    assert data.signer.capacity == (  # type: ignore[attr-defined]
        "TUQ. CHỦ TỊCH", "GIÁM ĐỐC TRUNG TÂM", f"(dấu của {here.centre.name})"
    )  # fmt: skip
    assert data.signer.name == "Người được ủy quyền"  # type: ignore[attr-defined]


def page(of: World, account: Account) -> Client:
    return people.sign_in(Client(), account)


def test_the_page_of_the_delegate(here: World, delegate: Account) -> None:
    delegation(here)
    dossier = received(here)
    client, url = page(here, delegate), f"/office/dossiers/{dossier.pk}/settle/"
    assert f'href="{url}"' in client.get(f"/office/dossiers/{dossier.pk}/").content.decode()
    shown = client.get(url)
    assert "Quyết định 12/QĐ-UBND" in shown.content.decode()
    form = shown.context["form"]
    sent = {name: form[name].value() for name in form.fields} | {
        "receiver_paper": "CCCD …9001", "signed": "register", "receipt_number": "", "title": "Bản sao chứng thực",
    }  # fmt: skip
    sent = {name: value for name, value in sent.items() if value not in (None, [])}
    wrong = client.post(url, sent)
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["receipt_number"])
    sent["receipt_number"] = "0000012"
    unanswered = client.post(url, sent)  # the template's own questions are part of it
    assert (unanswered.status_code, unanswered.context["form"].errors) == (422, {})
    done = client.post(url, sent | {"register_book": "01/2026"})
    assert done.status_code == 302
    assert Dossier.objects.get(pk=dossier.pk).state == State.HANDED_OVER


def test_nobody_else_is_offered_the_page(here: World) -> None:
    delegation(here)
    dossier = received(here)
    url = f"/office/dossiers/{dossier.pk}/settle/"
    clerk, stranger = page(here, here.staff[Role.RECEPTION]), page(here, here.citizen_account)
    assert "names somebody else" in clerk.get(url).content.decode()
    assert url not in clerk.get(f"/office/dossiers/{dossier.pk}/").content.decode()
    assert stranger.get(url).status_code == 403
    assert Client().get(url).status_code == 302


def test_reception_offers_the_way_and_it_can_be_switched_off_with_a_reason(here: World) -> None:
    delegation(here)
    here.procedure.competent_agency = here.committee
    here.procedure.save()
    client = page(here, here.staff[Role.RECEPTION])
    typed = {
        "key": uuid7(), "full_name": "Nguyễn Thị Hạnh", "is_compared": "on", "relation": "self",
        "procedure": here.procedure.code, "receiving": here.centre.pk, "declaration": "paper", "result_form": "paper",
        "have-to-khai": "on", "originals-to-khai": "1",
    }  # fmt: skip

    def send(act: str = "receive", **more: Any) -> Any:
        values = {f"r-{name}": value for name, value in (typed | {"key": uuid7()} | more).items()}
        return client.post("/office/counter/reception/", values | {"act": act})

    shown = send("refresh")
    assert "Quyết định 12/QĐ-UBND" in shown.content.decode()
    assert shown.context["form"]["way"].value() == "inside"  # on unless switched off
    assert list(send(way="usual").context["form"].errors) == ["spot_declined"]
    assert send(way="usual", spot_declined="Người ký đi vắng.").status_code == 302
    assert send(way="inside", spot_declined="để quên").status_code == 302
    usual, inside = Dossier.objects.order_by("code")
    assert (usual.spot_id, usual.spot_declined) == (None, "Người ký đi vắng.")
    assert (inside.spot_id is not None, inside.spot_declined) == (True, "")
    assert "No slip is needed" in client.get(f"/office/counter/received/{inside.pk}/").content.decode()


def sent_online(of: World) -> Dossier:
    return factories.submitted(of, MONDAY)


def test_acceptance_of_what_came_online_offers_the_way_as_the_counter_does(here: World) -> None:
    delegation(here)
    client = page(here, here.staff[Role.RECEPTION])

    def send(dossier: Dossier, **more: Any) -> Any:
        url = f"/office/dossiers/{dossier.pk}/"
        form = next(one for one in client.get(url).context["options"] if one["action"] == "accept")["form"]
        fields = {name: form[name].value() for name in form.fields}
        return client.post(f"{url}accept/", {name: v for name, v in fields.items() if v is not None} | more)

    first, second = sent_online(here), sent_online(here)
    shown = client.get(f"/office/dossiers/{first.pk}/").content.decode()
    assert "Quyết định 12/QĐ-UBND" in shown
    assert send(first, way="usual").status_code == 422  # the reason is missing
    assert send(first, way="usual", spot_declined="Người ký đi vắng.").status_code == 302
    assert send(second, way="inside", spot_declined="để quên").status_code == 302
    usual, inside = (Dossier.objects.get(pk=one.pk) for one in (first, second))
    assert (usual.state, usual.spot_id, usual.spot_declined) == (State.ACCEPTED, None, "Người ký đi vắng.")
    assert (inside.spot_id is not None, inside.spot_declined) == (True, "")


def test_a_centre_that_settles_other_things_is_told_why_not_this_one(here: World) -> None:
    waiting = sent_online(here)
    client, url = page(here, here.staff[Role.RECEPTION]), f"/office/dossiers/{waiting.pk}/"
    assert "No decision lets" not in client.get(url).content.decode()  # it settles nothing itself: no word of it
    delegation(here, procedures=["9.999999"])
    assert "No decision lets" in client.get(url).content.decode()


def test_a_delegation_that_ended_meanwhile_is_said_beside_the_way(here: World) -> None:
    delegation(here)
    waiting = sent_online(here)
    client, url = page(here, here.staff[Role.RECEPTION]), f"/office/dossiers/{waiting.pk}/"
    form = next(one for one in client.get(url).context["options"] if one["action"] == "accept")["form"]
    OnTheSpot.objects.all().delete()
    sent = {"key": uuid7(), "expected": form["expected"].value(), "offers_spot": "True", "way": "inside"}
    answer = client.post(f"{url}accept/", sent)
    assert answer.status_code == 409
    assert "No decision lets" in answer.content.decode()
    assert Dossier.objects.get(pk=waiting.pk).state == State.NEW
