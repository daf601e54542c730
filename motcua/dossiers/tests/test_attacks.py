"""Hostile, hurried and unlucky people: what they try at the dossier's pages, and what must not come of it."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from motcua.documents import services as documents
from motcua.documents.enums import Kind
from motcua.documents.examples import all_prints
from motcua.documents.models import Document, Verification
from motcua.dossiers import queries, services
from motcua.dossiers.enums import Receiver, State
from motcua.dossiers.models import Dossier, HandOver, Register
from motcua.dossiers.tests.factories import MONDAY, World, accepted, at_step, draft, office_day, step, submitted
from motcua.dossiers.views import acts
from motcua.identity import queries as identity
from motcua.identity.models import AccessEntry
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role
from motcua.kernel.errors import Conflict, Refused
from motcua.kernel.models import Act


@pytest.fixture
def here(db: None, settings: Any, tmp_path: Any) -> Iterator[World]:
    settings.BLOBS = tmp_path
    with office_day() as made:
        yield made


@pytest.fixture(scope="module")
def forged() -> bytes:
    """A good PDF of somebody's own making."""
    return documents.print_form(next(data for _, data in all_prints()))


def officer(here: World, role: Role) -> Client:
    return people.sign_in(Client(), here.staff[role])


def case(dossier: Dossier, name: str = "case", *more: str) -> str:
    return reverse(f"dossiers:{name}", args=[dossier.pk, *more])


def sent(dossier: Dossier, **fields: Any) -> dict[str, Any]:
    return {"expected": Dossier.objects.get(pk=dossier.pk).version, "key": uuid4(), **fields}


class TestNeedToKnow:
    def test_an_officer_elsewhere_does_not_see_the_inside_of_their_own_dossier(self, here: World) -> None:
        """They are its owner at home, not at work: notes among officers and drafts stay with those who handle it."""
        people.grant(here.citizen_account, Role.LEADER, people.agency("H49.99"))
        mine = at_step(here, "sign")
        client = people.sign_in(Client(), here.citizen_account)
        assert client.get(reverse("dossiers:status", args=[mine.pk])).status_code == 200
        assert client.get(case(mine)).status_code == 404
        assert client.get(case(mine, "print_form", "control")).status_code == 404
        assert client.get(case(mine, "print_form", "result")).status_code == 404
        assert client.post(case(mine, "reveal")).status_code == 404
        assert client.post(case(mine, "act", "withdraw"), sent(mine, reason="x")).status_code == 404
        assert mine.code not in client.get(reverse("dossiers:office_search")).content.decode()

    def test_nor_does_the_counter_elsewhere(self, here: World) -> None:
        people.grant(here.citizen_account, Role.RECEPTION, people.agency("H49.99"))
        mine = at_step(here, "return")
        client = people.sign_in(Client(), here.citizen_account)
        for name in ("received", "handover_one"):
            assert client.get(case(mine, name)).status_code == 404
        for typed in (mine.code, str(here.citizen.id_number), "Hạnh"):
            text = client.post(reverse("dossiers:handover"), {"q": typed}).content.decode()
            assert case(mine, "handover_one") not in text
        assert officer(here, Role.RECEPTION).get(case(mine, "received")).status_code == 200
        assert AccessEntry.objects.filter(subject_id=mine.pk, purpose="reception").count() == 1

    def test_who_handles_a_dossier_does_not_find_the_applicant_s_own_pages(self, here: World) -> None:
        dossier = submitted(here)
        for name in ("status", "filed", "supplement"):
            assert officer(here, Role.RECEPTION).get(reverse(f"dossiers:{name}", args=[dossier.pk])).status_code == 404

    def test_every_paper_an_officer_opens_is_written_down(self, here: World) -> None:
        dossier = accepted(here)
        assert officer(here, Role.HEAD).get(case(dossier, "print_form", "slip")).status_code == 200
        assert AccessEntry.objects.filter(subject_id=dossier.pk, fields=["file"]).count() == 1

    def test_a_note_among_officers_never_reaches_the_applicant(self, here: World) -> None:
        dossier = at_step(here, "appraise")
        words = "Chủ hồ sơ hay khiếu nại"
        services.return_step(dossier_id=dossier.pk, reason=words, actor=here.actor(Role.HANDLER), now=MONDAY)
        client = people.sign_in(Client(), here.citizen_account)
        assert words not in client.get(reverse("dossiers:status", args=[dossier.pk])).content.decode()
        assert words not in client.get(reverse("dossiers:track"), {"code": dossier.code}).content.decode()

    def test_the_public_pages_name_nobody(self, here: World) -> None:
        dossier = at_step(here, "return")
        client = Client()
        services.paper(dossier=dossier, form="slip", actor=here.actor(Role.RECEPTION), now=MONDAY)
        code = Verification.objects.get(subject_id=dossier.pk).code
        for page in (
            client.get(reverse("dossiers:track"), {"code": dossier.code}),
            client.get(reverse("documents:verify", args=[code])),
        ):
            text = page.content.decode()
            assert page.status_code == 200
            for secret in ("Hạnh", "Cán bộ", "0912345678", str(here.citizen.id_number)):
                assert secret not in text


class TestPapers:
    def test_an_upload_named_like_a_paper_of_the_law_is_not_taken_for_it(self, here: World, forged: bytes) -> None:
        dossier = at_step(here, "return")
        for form in ("slip", "result"):
            upload = documents.store(
                upload=forged, name=f"{form}-{dossier.code}.pdf", owner_kind=services.OWNER, owner_id=dossier.pk,
                kind=Kind.COMPONENT, actor=here.actor("citizen"), now=MONDAY,
            )  # fmt: skip
            made = services.paper(dossier=dossier, form=form, actor=here.actor(Role.RECEPTION), now=MONDAY)
            assert made.pk != upload.pk
            assert made.blob_id != upload.blob_id

    def test_a_draft_looked_at_is_not_the_result_that_is_issued(self, here: World) -> None:
        dossier = at_step(here, "sign")
        assert officer(here, Role.LEADER).get(case(dossier, "print_form", "result")).status_code == 200
        assert not Verification.objects.filter(subject_id=dossier.pk).exists(), "nobody may check a draft as genuine"
        assert not Document.objects.filter(owner_kind=services.OWNER, kind=Kind.RESULT).exists()
        draft = Document.objects.latest("created_at")
        while dossier.state != State.RESOLVED:
            dossier = step(here, dossier, MONDAY)
        dossier = queries.dossier_for(here.actor("citizen"), dossier.pk)
        result = services.paper(dossier=dossier, form="result", actor=here.actor("citizen"), now=MONDAY)
        assert result.blob_id != draft.blob_id
        assert Verification.objects.filter(subject_id=dossier.pk, document=result).exists()

    def test_looking_at_a_draft_often_keeps_one(self, here: World) -> None:
        dossier = at_step(here, "sign")
        for _ in range(3):
            officer(here, Role.LEADER).get(case(dossier, "print_form", "result"))
        assert Document.objects.filter(owner_id=dossier.pk, name__startswith="draft").count() == 1


class TestAtOnce:
    def test_the_officer_who_comes_second_is_told_who_has_it(self, here: World) -> None:
        dossier = at_step(here, "appraise")
        other = people.officer(Role.HANDLER, of=here.committee, name="Vũ Thị Nhanh")
        data = sent(dossier)
        assert people.sign_in(Client(), other).post(case(dossier, "act", "claim"), data).status_code == 302
        answer = officer(here, Role.HANDLER).post(case(dossier, "act", "claim"), {**data, "key": uuid4()})
        assert answer.status_code == 302
        assert answer["Location"] == reverse("dossiers:inbox")
        assert "Vũ Thị Nhanh" in " ".join(str(one) for one in get_messages(answer.wsgi_request))

    def test_the_same_form_twice_is_told_the_same_though_the_dossier_has_left_the_desk(self, here: World) -> None:
        """A double click of somebody who never claimed it: the first one sent it away."""
        dossier = at_step(here, "approve")
        client, data = officer(here, Role.HEAD), sent(dossier, reason="Thiếu căn cứ.")
        deputy = people.sign_in(Client(), people.officer(Role.HANDLER, of=here.committee))
        assert deputy.post(case(dossier, "act", "return_step"), data).status_code == 404  # not their desk
        assert client.post(case(dossier, "act", "return_step"), data).status_code == 302
        again = client.post(case(dossier, "act", "return_step"), data)
        assert again.status_code == 302
        assert Dossier.objects.get(pk=dossier.pk).step_kind == "appraise"

    def test_a_handler_s_double_click_is_told_that_it_was_done(self, here: World) -> None:
        dossier = at_step(here, "appraise")
        draft(here, dossier, MONDAY)
        client, data = officer(here, Role.HANDLER), sent(dossier)
        first = client.post(case(dossier, "act", "forward"), data)
        again = client.post(case(dossier, "act", "forward"), data)
        assert (first.status_code, again.status_code) == (302, 302)
        assert again["Location"] == reverse("dossiers:inbox")
        assert Dossier.objects.get(pk=dossier.pk).step_kind == "approve"
        other = people.sign_in(Client(), people.officer(Role.HANDLER, of=here.committee))
        assert other.post(case(dossier, "act", "forward"), data).status_code == 404

    def test_a_stranger_is_not_told(self, here: World) -> None:
        dossier = at_step(here, "appraise")
        services.claim(dossier_id=dossier.pk, actor=here.actor(Role.HANDLER), now=MONDAY)
        stranger = people.sign_in(Client(), people.officer(Role.HANDLER, of=people.agency("H49.99")))
        assert stranger.post(case(dossier, "act", "claim"), sent(dossier)).status_code == 404

    def test_a_dossier_that_goes_out_of_sight_during_the_act(self, here: World, monkeypatch: Any) -> None:
        """Both looked, both may; the other's act is kept between this one's look and its lock."""
        dossier = at_step(here, "appraise")
        other = people.officer(Role.HANDLER, of=here.committee, name="Vũ Thị Nhanh")
        take = services.claim

        def late(**given: Any) -> Dossier:
            take(dossier_id=dossier.pk, actor=identity.actor_of(other.pk, here.on), now=MONDAY)
            raise Conflict("Vũ Thị Nhanh took it at 09:00.")

        monkeypatch.setitem(acts.ACTS, "claim", (late, *acts.ACTS["claim"][1:]))
        answer = officer(here, Role.HANDLER).post(case(dossier, "act", "claim"), sent(dossier))
        assert answer.status_code == 302
        assert "Vũ Thị Nhanh" in " ".join(str(one) for one in get_messages(answer.wsgi_request))

    def test_two_answers_to_one_request_are_one(self, here: World) -> None:
        dossier = accepted(here)
        dossier = at_step(here, "appraise") if dossier.step_kind != "appraise" else dossier
        services.request_supplement(
            dossier_id=dossier.pk, items=["Bản sao"], reason="Thiếu", actor=here.actor(Role.HANDLER), now=MONDAY
        )
        seen = Dossier.objects.get(pk=dossier.pk).version
        given: dict[str, Any] = {"dossier_id": dossier.pk, "papers": (), "actor": here.actor("citizen"), "now": MONDAY}
        services.answer_supplement(**given, answer="Một", expected=seen, key=uuid4())
        with pytest.raises((Conflict, Refused)):
            services.answer_supplement(**given, answer="Hai", expected=seen, key=uuid4())
        with pytest.raises(Refused):
            services.answer_supplement(**given, answer="Hai")
        assert [one.answer for one in dossier.supplements.all()] == ["Một"]

    def test_a_result_is_handed_over_once(self, here: World) -> None:
        dossier = at_step(here, "return")
        seen, key = dossier.version, uuid4()
        given: dict[str, Any] = {
            "dossier_id": dossier.pk, "receiver": Receiver.OWNER, "receiver_name": "Nguyễn Thị Hạnh",
            "signed_for": "Ký sổ", "actor": here.actor(Role.RECEPTION), "now": MONDAY, "expected": seen,
        }  # fmt: skip
        services.hand_over(**given, key=key)
        services.hand_over(**given, key=key)  # the same form again
        with pytest.raises((Conflict, Refused)):
            services.hand_over(**given, key=uuid4())
        assert HandOver.objects.count() == 1

    def test_an_act_that_breaks_off_frees_its_form_and_its_number(self, here: World, monkeypatch: Any) -> None:
        dossier = at_step(here, "clerk")
        given: dict[str, Any] = {
            "dossier_id": dossier.pk, "symbol": "TLKS", "opens_register": True, "actor": here.actor(Role.CLERK),
            "now": MONDAY, "key": uuid4(),
        }  # fmt: skip
        with monkeypatch.context() as patch:
            patch.setattr("motcua.dossiers.services.results.base.write", _broken)  # the number is taken by now
            with pytest.raises(ZeroDivisionError):
                services.issue(**given)
        assert not Act.objects.filter(key=given["key"]).exists()
        assert not Register.objects.filter(kind="TLKS").exists()
        issued = services.issue(**given)
        assert (issued.state, issued.result.number) == (State.RESOLVED, 1)

    def test_a_form_s_key_is_worth_nothing_on_another_dossier(self, here: World) -> None:
        one, two = accepted(here), accepted(here)
        key, head = uuid4(), here.actor(Role.HEAD)
        given = {"account_id": here.staff[Role.HANDLER].pk, "actor": head, "now": MONDAY, "key": key}
        services.assign(dossier_id=one.pk, **given)
        with pytest.raises(Conflict):
            services.assign(dossier_id=two.pk, **given)
        assert Dossier.objects.get(pk=two.pk).assignee_id is None


def _broken(*_: Any, **__: Any) -> None:
    raise ZeroDivisionError


class TestDrafts:
    def test_somebody_else_s_draft_takes_no_files(self, here: World) -> None:
        stranger = people.sign_in(Client(), people.account(people.person("Lê Lạ")))
        file = SimpleUploadedFile("a.pdf", b"%PDF-1.4", "application/pdf")
        nowhere = reverse("dossiers:draft_papers", args=[uuid4()])
        assert stranger.post(nowhere, {"file": file, "component": "to-khai"}).status_code == 404
