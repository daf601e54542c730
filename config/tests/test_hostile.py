"""Whatever stands in an address or a form: an answer, never an error of ours."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from motcua.dossiers.tests.factories import World, accepted, office_day
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role

NASTY = (
    "'", "\\", "&|!()<->:*", "a & b", "c:", "<script>alert(1)</script>", "{{ 7*7 }}", "../../../etc/passwd", "\u202e",
    "-1", "000000", "٣", "9" * 400, "1e400", "31/02/2026", "0001-01-01", "9999-12-31", "n1e18_" + "0" * 32, "pxxx",
    "a|b|c|d|e|f|g", "https://[", "\r\nSet-Cookie: a=b",
)  # fmt: skip
ADDRESSES = (
    "doors:home", "doors:search", "doors:help", "doors:space", "doors:office", "catalogue:browse", "catalogue:search",
    "catalogue:suggest", "dossiers:track", "dossiers:own", "dossiers:inbox", "dossiers:office_search",
    "dossiers:uncollected", "dossiers:reception_procedures", "counter:guidance", "counter:procedures",
    "notifications:inbox", "notifications:outbox", "notifications:undelivered", "reporting:ii06", "identity:switch",
    "identity:sign_in", "ui:gallery",
)  # fmt: skip
NAMES = (
    "q", "page", "code", "state", "day", "procedure", "show", "next", "field", "agency", "audience", "online", "first",
    "last", "split", "unit", "r-procedure_q", "procedure_q", "layout", "language",
)  # fmt: skip


@pytest.fixture
def here(db: None, settings: Any, tmp_path: Path) -> Iterator[World]:
    settings.BLOBS = tmp_path
    with office_day() as made:
        yield made


@pytest.fixture
def everybody(here: World) -> Client:
    """One person with every role, so that every page opens."""
    account = people.officer(*Role, of=here.centre)
    for role in Role:
        people.grant(account, role, here.committee)
    client = people.sign_in(Client(), account)
    client.raise_request_exception = False
    return client


@pytest.mark.slow
def test_any_question_gets_an_answer(here: World, everybody: Client) -> None:
    accepted(here)
    broken = []
    for name in ADDRESSES:
        for nasty in NASTY:
            answer = everybody.get(reverse(name), dict.fromkeys(NAMES, nasty))
            is_run = "<script>alert(1)" in answer.content.decode(errors="replace")
            if answer.status_code >= 500 or is_run or "a=b" in str(answer.headers.get("Set-Cookie")):
                broken.append((name, nasty[:40]))
    assert broken == []


@pytest.mark.slow
def test_one_wrong_value_reaches_further_than_all_at_once(here: World, everybody: Client) -> None:
    broken = []
    for name in (*ADDRESSES, "reporting:ii06_xlsx"):
        for field in NAMES:
            for nasty in ("'", "9" * 30):
                if everybody.get(reverse(name), {field: nasty}).status_code >= 500:
                    broken.append((name, field, nasty))
    assert broken == []


ACTS = (
    "accept", "refuse", "request_supplement", "claim", "assign", "forward", "return_step", "draft_result", "issue",
    "record_result", "stop", "withdraw", "hand_over", "rate", "nothing",
)  # fmt: skip
FIELDS = (
    "key", "expected", "reason", "items", "note", "account", "kind", "title", "symbol", "system", "issued_on", "answer",
    "receiver", "receiver_name", "returned", "method", "receipt_number", "q", "name", "query", "back", "act", "score",
    "r-procedure", "r-key", "r-card", "r-id_number", "r-birth_date", "r-relation", "r-unit", "r-receiving", "r-case",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("nasty", ["", "\x00", "9" * 40, "x" * 5000])
def test_any_form_gets_an_answer(here: World, everybody: Client, nasty: str) -> None:
    dossier = accepted(here)
    paths = [reverse("dossiers:act", args=[dossier.pk, action]) for action in ACTS]
    paths += [reverse(f"dossiers:{name}", args=[dossier.pk]) for name in ("handover_one", "pay", "reveal")]
    paths += [reverse(f"dossiers:{name}") for name in ("reception", "handover", "save_search", "drop_search")]
    paths += [reverse(name) for name in ("counter:guidance", "identity:account", "identity:switch", "identity:sign_in")]
    paths += [reverse("documents:verify_any"), reverse("set_language"), reverse("ui:text_size")]
    broken = []
    for path in paths:
        for data in (dict.fromkeys(FIELDS, nasty), {**dict.fromkeys(FIELDS, nasty), "key": uuid4(), "expected": 2}):
            if everybody.post(path, data).status_code >= 500:
                broken.append(path)
    assert broken == []


@pytest.mark.slow
@pytest.mark.parametrize("nasty", ["", "\x00", "9" * 40, "x" * 5000])
def test_any_form_of_a_citizen_gets_an_answer(here: World, nasty: str) -> None:
    client = people.sign_in(Client(), here.citizen_account)
    client.raise_request_exception = False
    dossier = accepted(here)
    paths = [reverse("dossiers:start", args=[here.procedure.code])]
    paths += [reverse(f"dossiers:{name}", args=[dossier.pk]) for name in ("withdraw", "rate", "supplement")]
    fields = ("key", "expected", "reason", "score", "comment", "whom", "case", "unit", "centre", "remove", "answer")
    broken = [path for path in paths if client.post(path, dict.fromkeys(fields, nasty)).status_code >= 500]
    drafted = client.post(paths[0], {"key": uuid4(), "whom": "self", "unit": "", "centre": ""})
    if drafted.status_code == 302:
        draft = drafted["Location"].split("/")[2]
        for name in ("draft_party", "draft_papers", "draft_review"):
            path = reverse(f"dossiers:{name}", args=[draft])
            given = {**dict.fromkeys((*fields, "component", "phone", "email", "result_form", "promise"), nasty)}
            given["file"] = SimpleUploadedFile(f"{nasty[:50]}.pdf".replace("\x00", "_"), b"MZ")
            if client.post(path, given).status_code >= 500:
                broken.append(path)
    assert broken == []
