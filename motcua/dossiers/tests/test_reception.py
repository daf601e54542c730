"""Reception at the counter: who may, what is asked, what comes of it, and that nothing typed is lost."""

from collections.abc import Iterator
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.catalogue.models import Component
from motcua.documents import queries as documents
from motcua.documents.models import Document
from motcua.documents.tests.factories import pdf
from motcua.dossiers import services
from motcua.dossiers.enums import Channel, Relation, State
from motcua.dossiers.models import Dossier
from motcua.dossiers.tests.factories import MONDAY, World, office_day
from motcua.eforms import queries as eform_queries
from motcua.eforms import samples
from motcua.eforms.sections import section_form
from motcua.identity.models import AccessEntry, Business, Person
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role
from motcua.payments import queries as payments
from motcua.places.tests import factories as place_factories

URL = "/office/counter/reception/"
NUMBER = "022161999044"
CARD = f"{NUMBER}||NGUYỄN THỊ HẠNH|02011961|Nữ|Số 12, phố Lê Thánh Tông|15032022"


@pytest.fixture
def here(db: None, settings: Any, tmp_path: Any) -> Iterator[World]:
    settings.BLOBS = tmp_path
    with office_day() as made:
        yield made


def desk(here: World, role: Role = Role.RECEPTION) -> Client:
    return people.sign_in(Client(), here.staff[role])


def typed(here: World, **fields: Any) -> dict[str, Any]:
    """A complete reception; fields replace or add."""
    values: dict[str, Any] = {
        "key": uuid4(), "full_name": "Nguyễn Thị Hạnh", "id_number": NUMBER, "birth_date": "02/01/1961",
        "sex": "female", "phone": "0912 345 678", "is_compared": "on", "relation": "self",
        "procedure": here.procedure.code, "receiving": here.centre.pk, "declaration": "paper",
        "result_form": "paper", "have-to-khai": "on", "originals-to-khai": "1", "copies-to-khai": "2", **fields,
    }  # fmt: skip
    return {f"r-{name}": value for name, value in values.items() if value is not None}


def send(client: Client, here: World, act: str = "receive", htmx: bool = False, **fields: Any) -> Any:
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(URL, {**typed(here, **fields), "act": act}, headers=headers)


@pytest.fixture
def decided(here: World) -> World:
    """The procedure is decided by one agency, so that no commune has to be named."""
    here.procedure.competent_agency = here.committee
    here.procedure.save()
    return here


def test_the_cast(here: World) -> None:
    assert Client().get(URL).status_code == 302
    assert people.sign_in(Client(), here.citizen_account).get(URL).status_code == 403
    assert desk(here, Role.HANDLER).get(URL).status_code == 403
    answer = desk(here).get(URL)
    assert answer.status_code == 200
    assert "data-mc-focus" in answer.content.decode()


def test_the_card_fills_the_fields_and_is_no_proof(here: World) -> None:
    answer = send(desk(here), here, "card", card=CARD, full_name="", id_number="", is_compared=None, phone="")
    form = answer.context["form"]
    assert answer.status_code == 200
    assert (form["full_name"].value(), form["id_number"].value()) == ("Nguyễn Thị Hạnh", NUMBER)
    assert form["birth_date"].value() == "02/01/1961"
    assert not form["is_compared"].value()
    assert not Person.objects.filter(full_name="Nguyễn Thị Hạnh", birth_date="1961-01-02").exclude(
        pk=here.citizen.pk
    ).exists()  # fmt: skip


def test_a_known_person_brings_their_telephone_and_the_look_is_logged(here: World) -> None:
    Person.objects.filter(pk=here.citizen.pk).update(phone="0900000007")
    number = here.citizen.id_number
    card = f"{number}||Nguyễn Thị Hạnh|02011961|Nữ|Hồng Gai|15032022"
    answer = send(desk(here), here, "card", card=card, phone="")
    assert answer.context["form"]["phone"].value() == "0900000007"
    assert AccessEntry.objects.get().purpose == "reception"


@pytest.mark.parametrize("card", ["chỉ là chữ", "1|2|3|4|5|6", NUMBER + "||Nguyễn Thị Hạnh|02011990|Nữ|X|"])
def test_a_wrong_card_is_told_beside_the_field_and_nothing_is_lost(here: World, card: str) -> None:
    answer = send(desk(here), here, "card", card=card, phone="0987 000 111")
    assert list(answer.context["form"].errors) == ["card"]
    assert "0987 000 111" in answer.content.decode()
    assert card in answer.context["form"]["card"].value()


def test_the_procedure_is_found_and_taken(here: World) -> None:
    client = desk(here)
    found = client.get(reverse("dossiers:reception_procedures"), {"r-procedure_q": "khai sinh"})
    assert f"choose:{here.procedure.code}" in found.content.decode()
    taken = send(client, here, f"choose:{here.procedure.code}", htmx=True, procedure="", phone="0911111111")
    text = taken.content.decode()
    assert "<html" not in text
    assert "have-to-khai" in text
    assert "0911111111" in text
    alone = send(client, here, "find", procedure="", procedure_q="khai sinh")
    assert alone.context["procedure"] == here.procedure
    none = send(client, here, "find", procedure="", procedure_q="zzzz qqqq")
    assert none.context["found"] == ()


def test_received_with_code_papers_and_slip(decided: World) -> None:
    client = desk(decided)
    answer = send(client, decided)
    dossier = Dossier.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == reverse("dossiers:received", args=[dossier.pk])
    assert (dossier.state, dossier.channel) == (State.ACCEPTED, Channel.COUNTER)
    assert dossier.code
    assert dossier.filed_by == decided.staff[Role.RECEPTION].pk
    assert (dossier.owner_name, dossier.relation) == ("Nguyễn Thị Hạnh", Relation.SELF)
    assert dossier.owner_person_id == dossier.submitter_person_id
    assert [(p.name, p.originals, p.copies) for p in dossier.papers.order_by("pk")] == [
        ("Tờ khai (bản giấy)", 1, 0), ("Tờ khai", 1, 2),
    ]  # fmt: skip
    page = client.get(answer["Location"])
    assert dossier.code in page.content.decode()
    slip = client.get(reverse("dossiers:print_form", args=[dossier.pk, "slip"]))
    assert b"".join(slip).startswith(b"%PDF")


def test_sent_twice_is_one_dossier(decided: World) -> None:
    client, key = desk(decided), uuid4()
    first, second = send(client, decided, key=key), send(client, decided, key=key)
    assert first["Location"] == second["Location"]
    assert Dossier.objects.count() == 1


def test_the_commune_decides_wherever_it_is_filed(here: World) -> None:
    answer = send(desk(here), here)
    assert answer.status_code == 422
    assert "unit" in answer.context["form"].errors
    assert not Dossier.objects.exists()


def test_received_here_for_another_commune(here: World) -> None:
    here.centre.unit = place_factories.unit(code="06685", name="Phường Hồng Gai")
    here.centre.save()
    elsewhere = place_factories.unit(code="06700", name="Phường Mạo Khê")
    committee = people.agency("H49.60", unit=elsewhere)
    client = desk(here)
    proposed = send(client, here, f"choose:{here.procedure.code}", procedure="")
    assert proposed.context["form"]["unit"].value() == "06685"
    assert send(client, here, unit="06700").status_code == 302
    dossier = Dossier.objects.get()
    assert (dossier.receiving_agency, dossier.competent_agency) == (here.centre, committee)
    nobody = send(client, here, unit="06685")
    assert nobody.status_code == 409
    assert "unit" in nobody.context["form"].errors


def test_what_both_levels_decide_is_the_officers_choice(here: World) -> None:
    here.procedure.level, here.procedure.competent_agency = (
        "province_commune",
        people.agency("H49.04", level="province"),
    )
    here.procedure.save()
    here.committee.unit = here.centre.unit = place_factories.unit(code="06685", name="Phường Hồng Gai")
    here.committee.save()
    here.centre.save()
    client = desk(here)
    proposed = send(client, here, f"choose:{here.procedure.code}", procedure="")
    assert proposed.context["competent"] == here.committee
    assert send(client, here, unit="06685").status_code == 302
    assert Dossier.objects.get().competent_agency == here.committee
    assert send(client, here, unit="").status_code == 302
    assert Dossier.objects.filter(competent_agency=here.procedure.competent_agency).count() == 1


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"full_name": ""}, "full_name"),
        ({"is_compared": None}, "is_compared"),
        ({"id_number": "0221619990"}, "id_number"),
        ({"birth_date": "02/01/1990"}, "id_number"),
        ({"birth_date": "31/02/1961"}, "birth_date"),
        ({"birth_date": "02/01/2061", "id_number": ""}, "birth_date"),
        ({"phone": "chưa có"}, "phone"),
        ({"procedure": ""}, "procedure_q"),
        ({"procedure": "9.999999"}, "procedure_q"),
        ({"have-to-khai": None}, "are_others_needless"),
        ({"relation": "business"}, "tax_code"),
        ({"relation": "business", "tax_code": "123", "business_name": "Công ty A"}, "tax_code"),
        ({"relation": "child"}, "owner_name"),
        ({"relation": "other", "owner_name": "Trần Văn Bé"}, "authority"),
        ({"originals-to-khai": "nhiều"}, "originals-to-khai"),
        ({"declaration": "keyed"}, "consent"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_the_rest_is_kept(
    decided: World, fields: dict[str, Any], wrong: str
) -> None:
    answer = send(desk(decided), decided, **{"address": "Số 5, đường Trần Phú", **fields})
    assert answer.status_code in (409, 422)
    assert wrong in answer.context["form"].errors
    assert "Số 5, đường Trần Phú" in answer.content.decode()
    assert not Dossier.objects.exists()


def test_papers_not_needed_are_said_so(decided: World) -> None:
    answer = send(desk(decided), decided, **{"have-to-khai": None, "are_others_needless": "on"})
    assert answer.status_code == 302


def test_for_a_business(decided: World) -> None:
    fields = {"relation": "business", "tax_code": "0100109106", "business_name": "Công ty Vịnh Xanh"}
    assert send(desk(decided), decided, **fields).status_code == 302
    dossier = Dossier.objects.select_related("owner_business", "submitter_person").get()
    assert dossier.owner_business == Business.objects.get()
    assert dossier.owner_person is None
    assert dossier.submitter_name == "Nguyễn Thị Hạnh"
    assert dossier.owner_name == "Công ty Vịnh Xanh"


def test_for_a_child_and_for_somebody_who_gave_a_paper(decided: World) -> None:
    assert send(desk(decided), decided, relation="child", owner_name="Trần Bé Con").status_code == 302
    child = Dossier.objects.get()
    assert (child.owner_name, child.owner_person, child.relation) == ("Trần Bé Con", None, Relation.CHILD)
    fields = {"relation": "other", "owner_name": "Lê Văn Tám", "authority": "Giấy ủy quyền số 5"}
    assert send(desk(decided), decided, **fields).status_code == 302
    other = Dossier.objects.exclude(pk=child.pk).get()
    assert "Giấy ủy quyền số 5" in {paper.name for paper in other.papers.all()}


def test_where_the_law_wants_the_owner_nobody_else_files(decided: World) -> None:
    decided.procedure.authorisation = "forbidden"
    decided.procedure.save()
    fields = {"relation": "other", "owner_name": "Lê Văn Tám", "authority": "Giấy ủy quyền số 5"}
    answer = send(desk(decided), decided, **fields)
    assert "relation" in answer.context["form"].errors


def test_a_number_kept_under_another_name_is_refused_beside_it(decided: World) -> None:
    people.person("Người Khác", id_number=NUMBER, year=1961)
    answer = send(desk(decided), decided)
    assert answer.status_code == 409
    assert "id_number" in answer.context["form"].errors
    assert not Dossier.objects.exists()


def test_files_are_kept_at_once_and_go_with_the_dossier(decided: World) -> None:
    client, key = desk(decided), uuid4()
    file = SimpleUploadedFile("to-khai.pdf", pdf(), "application/pdf")
    refused = send(client, decided, key=key, full_name="", **{"file-to-khai": file})
    assert refused.status_code == 422
    assert "to-khai.pdf" in refused.content.decode()
    document = refused.context["form"]["document-to-khai"].value()
    stranger = people.officer(Role.RECEPTION, of=decided.centre)
    stolen = send(people.sign_in(Client(), stranger), decided, key=uuid4(), **{"document-to-khai": document})
    assert stolen.status_code == 302
    assert not documents.documents_of(services.OWNER, Dossier.objects.get().pk).exists()
    assert send(client, decided, key=key, **{"document-to-khai": document}).status_code == 302
    dossier = Dossier.objects.get(filed_by=decided.staff[Role.RECEPTION].pk)
    assert str(dossier.papers.get(component_key="to-khai").document_id) == document
    assert documents.document_of(services.OWNER, dossier.pk, dossier.papers.get(component_key="to-khai").document_id)


def test_a_replaced_file_and_those_of_another_procedure_go(decided: World) -> None:
    client, key = desk(decided), uuid4()

    def upload(**fields: Any) -> str:
        file = SimpleUploadedFile("to-khai.pdf", pdf(), "application/pdf")
        answer = send(client, decided, "refresh", key=key, **{"file-to-khai": file}, **fields)
        return str(answer.context["form"]["document-to-khai"].value())

    first = upload()
    second = upload(**{"document-to-khai": first})
    assert [str(found.pk) for found in Document.objects.all()] == [second]
    send(client, decided, "choose:", key=key, **{"document-to-khai": second})
    assert not Document.objects.exists()


def test_a_wrong_file_is_refused_with_its_reason(decided: World) -> None:
    file = SimpleUploadedFile("to-khai.pdf", b"MZ\x90\x00 not a paper", "application/pdf")
    answer = send(desk(decided), decided, **{"file-to-khai": file})
    assert answer.status_code == 422
    assert "file-to-khai" in answer.context["form"].errors


def test_the_time_limit_is_asked_for_where_nobody_knows_it(decided: World) -> None:
    decided.procedure.channels.update(amount=None, unit="")
    client = desk(decided)
    assert "limit_days" in send(client, decided).context["form"].errors
    assert send(client, decided, limit_days="2").status_code == 302
    dossier = Dossier.objects.get()
    assert dossier.due_at
    assert dossier.due_at.date().isoformat() == "2026-11-25"


def test_the_officer_keys_the_declaration_with_consent(decided: World) -> None:
    client = desk(decided)
    shown = send(client, decided, "refresh", declaration="keyed", keyed="")
    pages = shown.context["pages"]
    assert pages
    key = pages[0].definition.key
    assert shown.context["form"]["keyed"].value() == key
    refused = send(client, decided, declaration="keyed", keyed=key, consent="spoken")
    assert refused.status_code == 422
    assert any(page.result.errors for page in refused.context["pages"])
    assert not Dossier.objects.exists()


def test_keyed_answers_are_kept_with_the_words_of_consent(decided: World) -> None:
    place_factories.unit()
    client, on = desk(decided), MONDAY.date()
    form = eform_queries.form_for(decided.procedure.code, on)
    answers = samples.answers(form, {}, Random(7), today=on, units=eform_queries.units_on(on))
    sent: dict[str, Any] = {}
    for section in form.sections:
        page = section_form(form, section.key, answers, today=on, language="vi")
        sent |= {name: value for name, value in page.form.data.items() if value not in (None, False, "")}
    data = {**typed(decided, declaration="keyed", keyed=form.key, consent="signed"), **sent, "act": "receive"}
    answer = client.post(URL, data)
    assert answer.status_code == 302, [page.result.errors for page in answer.context["pages"]]
    dossier = Dossier.objects.get()
    assert dossier.answers.keys() == answers.keys()
    assert dossier.consent
    assert "Tờ khai (bản giấy)" not in {paper.name for paper in dossier.papers.all()}
    text = client.get(reverse("dossiers:case", args=[dossier.pk])).content.decode()
    assert dossier.consent in text


def test_pressing_accept_before_the_questions_were_seen_shows_them(decided: World) -> None:
    answer = send(desk(decided), decided, declaration="keyed", keyed="", consent="spoken")
    assert answer.status_code == 422
    assert "declaration" in answer.context["form"].errors
    assert answer.context["pages"]


def test_the_fee_is_shown_raised_and_paid(db: None) -> None:
    with office_day(fee=8000) as here:
        here.procedure.competent_agency = here.committee
        here.procedure.save()
        client = desk(here)
        assert "8,000" in send(client, here, "refresh").content.decode()
        page = client.get(send(client, here)["Location"])
        dossier = Dossier.objects.get()
        data = {"key": uuid4(), "expected": dossier.version, "method": "cash", "back": "received"}
        url = reverse("dossiers:pay", args=[dossier.pk])
        assert page.context["unpaid"] == 8000
        assert client.post(url, data).status_code == 422
        paid = client.post(url, {**data, "receipt_number": "BL-0001"})
        assert paid["Location"] == reverse("dossiers:received", args=[dossier.pk])
        assert payments.due_amount(dossier.pk) == 0


def test_the_screen_costs_the_same_whatever_the_papers(decided: World) -> None:
    client = desk(decided)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert send(client, decided, "refresh").status_code == 200
        return len(queries)

    cost()
    few = cost()
    for number in range(15):
        Component.objects.create(procedure=decided.procedure, key=f"x{number}", name="Giấy", position=number + 2)
    assert cost() == few


def test_a_received_dossier_is_not_for_strangers(decided: World) -> None:
    location = send(desk(decided), decided)["Location"]
    stranger = people.officer(Role.RECEPTION, of=people.agency("H49.99", kind="centre"))
    assert people.sign_in(Client(), stranger).get(location).status_code == 404
