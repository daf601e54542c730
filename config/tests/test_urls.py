"""Every address against every role: the mark on the view is what happens, and what is public is public on purpose."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import UUIDConverter

from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role

NOWHERE = UUID("01a20000-0000-7000-8000-000000000000")
SAMPLES = {"code": "1.001193", "form": "slip", "section": "child", "action": "accept", "version": 1}
PUBLIC = {
    "health_live", "health_ready", "set_language",
    "ui:text_size", "ui:gallery",
    "identity:sign_in", "identity:start_national", "identity:national_callback", "identity:sign_out",
    "identity:second_factor",  # between the two steps of signing in
    "documents:verify_any", "documents:verify",
    "notifications:outbox", "notifications:outbox_message",  # in the demo only; 404 elsewhere
    "catalogue:browse", "catalogue:procedure", "catalogue:search", "catalogue:suggest",
    "dossiers:track", "dossiers:start", "dossiers:bundles", "dossiers:bundle_start",
    "support:about", "support:answer", "support:new", "support:track", "support:open",
    "support:case", "support:reply", "support:rate", "support:file", "support:letter",  # one's own, or with the pass
    "doors:home", "doors:search", "doors:help", "doors:accessibility", "doors:privacy",
}  # fmt: skip


def addresses() -> dict[str, URLPattern]:
    """Every named address of ours."""
    return dict(_walk(get_resolver().url_patterns, ""))


def _walk(patterns: list[Any], namespace: str) -> Iterator[tuple[str, URLPattern]]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, f"{one.namespace}:" if one.namespace else namespace)
        else:
            yield f"{namespace}{one.name}", one


def address(name: str, pattern: URLPattern) -> str:
    values = {
        key: NOWHERE if isinstance(converter, UUIDConverter) else SAMPLES.get(key, "x")
        for key, converter in pattern.pattern.converters.items()
    }
    named = {key: SAMPLES.get(key, "x") for key in pattern.pattern.regex.groupindex if key not in values}
    return reverse(name, kwargs={**values, **named})


def test_every_address_says_who_may_enter() -> None:
    silent = [name for name, pattern in addresses().items() if not hasattr(pattern.callback, "mc_access")]
    assert silent == []


def test_no_two_addresses_are_one() -> None:
    found = addresses()
    by_path: dict[str, list[str]] = {}
    for name, pattern in found.items():
        by_path.setdefault(address(name, pattern), []).append(name)
    assert [names for names in by_path.values() if len(names) > 1] == []


def test_what_is_public_is_public_on_purpose() -> None:
    assert {name for name, pattern in addresses().items() if pattern.callback.mc_access.kind == "public"} == PUBLIC


@pytest.fixture
def cast(db: None) -> dict[str, Client]:
    """Nobody, a citizen, an officer without the second step, and an officer of every role."""
    found = {"nobody": Client(), "citizen": people.sign_in(Client(), people.account())}
    found["one step"] = people.sign_in(Client(), people.officer(*Role), second_factor=False)
    return found | {role.value: people.sign_in(Client(), people.officer(role)) for role in Role}


def expected(kind: str, roles: tuple[Role, ...], who: str) -> str:
    """What the mark promises: in, asked to sign in, asked for the second step, or refused."""
    if kind == "public":
        return "in"
    if who == "nobody":
        return "sign in"
    if kind == "signed_in":
        return "in"
    if who == "citizen" or (who != "one step" and roles and Role(who) not in roles):
        return "refused"
    return "second step" if who == "one step" else "in"


def happened(answer: Any) -> str:
    """What did happen; an object that is not there was looked for inside."""
    target = answer.headers.get("Location", "")
    if answer.status_code == 302 and target.startswith(("/sign-in/?next=", "/second-factor/?next=")):
        return "sign in" if target.startswith("/sign-in/") else "second step"
    return "refused" if answer.status_code == 403 else "in"


def test_every_address_against_every_role(cast: dict[str, Client]) -> None:
    wrong = []
    for name, pattern in addresses().items():
        access = pattern.callback.mc_access
        for who, client in cast.items():
            path = address(name, pattern)
            if "sign_out" in name and who != "nobody":
                continue  # it would end the visitor's session; identity tests it
            answer = client.get(path)
            if answer.status_code >= 500 and "health" not in name:
                wrong.append(f"{who} at {path}: {answer.status_code}")
            elif happened(answer) != expected(access.kind, access.roles, who):
                wrong.append(f"{who} at {path}: {happened(answer)}, not {expected(access.kind, access.roles, who)}")
    assert wrong == []


def test_nobody_posts_anywhere_inside(cast: dict[str, Client]) -> None:
    wrong = []
    for name, pattern in addresses().items():
        if pattern.callback.mc_access.kind != "public":
            answer = cast["nobody"].post(address(name, pattern))
            if happened(answer) != "sign in":
                wrong.append(f"{name}: {answer.status_code}")
    assert wrong == []


def test_forms_are_protected(cast: dict[str, Client]) -> None:
    """No view takes a form without its token."""
    strict = Client(enforce_csrf_checks=True)
    open_to_all = [name for name in PUBLIC if name not in ("identity:national_callback",)]
    for name in open_to_all:
        answer = strict.post(address(name, addresses()[name]))
        assert answer.status_code in (403, 404, 405), f"{name}: {answer.status_code}"
