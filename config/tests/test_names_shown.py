"""No job of the system is shown to a reader by its own name (`dossiers.expiry`)."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from motcua.dossiers.services import silence
from motcua.dossiers.tests.factories import at, at_step, office_day
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role, is_job, shown_name

PRINTED = re.compile(r"\{\{\s*((?:\w+\.)*(?:\w+_by|by|actor_name|who))\s*(\|[^}]*)?\}\}")
OTHER = {  # agencies and counterparts, not whoever acted; `event.by` is worded by those who build it
    "paper.issued_by", "event.by", "part.who", "row.part.who", "row.who", "where.who", "who", "described_by",
    "stay.reply_by",  # a day
}  # fmt: skip


def test_every_template_that_names_who_acted_words_the_system() -> None:
    bare = []
    for path in sorted(Path(__file__).parents[2].joinpath("motcua").rglob("templates/**/*.html")):
        for name, filters in PRINTED.findall(path.read_text(encoding="utf-8")):
            if name not in OTHER and "mc_who" not in filters:
                bare.append(f"{path.name}: {name}")
    assert bare == []


@pytest.mark.parametrize("name", ["dossiers.silence", "demo", "dossiers export", "load_pack"])
def test_a_job_is_the_system(name: str) -> None:
    assert is_job(name)
    assert shown_name(name) == "The system"


@pytest.mark.parametrize("name", ["", "Nguyễn Thu Hà", "A.B", "an Nguyễn"])
def test_a_person_keeps_the_name(name: str) -> None:
    assert shown_name(name) == name


@pytest.mark.django_db
def test_the_story_of_a_case_names_no_job(client: Client) -> None:
    with office_day(code="1.004650") as of:
        dossier = at_step(of, "appraise")
        assert silence.note(now=at(30, 9, 1))
        people.sign_in(client, of.staff[Role.LEADER])
        page = client.get(reverse("dossiers:case", args=[dossier.pk])).content.decode()
    assert "The system" in page
    assert "dossiers.silence" not in page
