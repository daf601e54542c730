"""The language of a dossier's papers: asked when it is handed in, kept, used for every later print."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from motcua.documents import queries as document_queries
from motcua.dossiers import services as dossiers
from motcua.dossiers.models import Dossier
from motcua.dossiers.tests import factories
from motcua.dossiers.tests.factories import World, office_day
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role
from motcua.kernel.ids import uuid7
from motcua.kernel.models import AuditEntry


@pytest.fixture
def here(db: None, settings: Any, tmp_path: Path) -> Iterator[World]:
    settings.BLOBS = tmp_path
    with office_day() as made:
        yield made


def test_the_papers_follow_the_language_chosen_for_the_dossier_and_the_old_ones_stay(here: World) -> None:
    dossier = factories.accepted(here)
    client, url = people.sign_in(Client(), here.staff[Role.RECEPTION]), f"/office/dossiers/{dossier.pk}/"

    def slip(query: str = "") -> str:
        return str(client.get(f"{url}prints/slip/{query}")["Content-Disposition"])

    assert f"slip-{dossier.code}" in slip()
    assert client.post(f"{url}print-language/", {"second": "en"}).status_code == 302
    assert f"slip-en-{dossier.code}" in slip()
    assert f"slip-{dossier.code}" in slip("?second=")  # what was printed before is still there
    kept = document_queries.documents_of(dossiers.OWNER, dossier.pk)
    assert sorted(kept.values_list("name", flat=True)) == [f"slip-{dossier.code}.pdf", f"slip-en-{dossier.code}.pdf"]
    client.post(f"{url}print-language/", {"second": "fr"})
    assert Dossier.objects.get(pk=dossier.pk).second_language == "en"
    assert AuditEntry.objects.filter(action="dossiers.choose_language").count() == 1
    stranger = people.sign_in(Client(), people.officer(Role.RECEPTION, of=people.agency("H49.78")))
    assert stranger.post(f"{url}print-language/", {"second": ""}).status_code == 404


def test_the_counter_asks_for_it(here: World) -> None:
    here.procedure.competent_agency = here.committee
    here.procedure.save()
    client = people.sign_in(Client(), here.staff[Role.RECEPTION])
    typed = {
        "full_name": "Jane Roe", "is_compared": "on", "relation": "self", "procedure": here.procedure.code,
        "receiving": here.centre.pk, "declaration": "paper", "result_form": "paper", "have-to-khai": "on",
        "originals-to-khai": "1",
    }  # fmt: skip
    for more in ({}, {"in_english": "on"}):
        sent = {f"r-{name}": value for name, value in {**typed, **more, "key": uuid7()}.items()}
        assert client.post("/office/counter/reception/", sent | {"act": "receive"}).status_code == 302
    assert list(Dossier.objects.order_by("code").values_list("second_language", flat=True)) == ["", "en"]
    result = dossiers.paper(
        dossier=Dossier.objects.get(second_language="en"), form="control", actor=here.actor(Role.RECEPTION),
        now=factories.MONDAY,
    )  # fmt: skip
    assert "control-en-" in result.name
