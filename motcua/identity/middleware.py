"""Builds who acts, once a request, from the one query the session costs. Readers without a cookie cost none."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers

from motcua.identity.sessions import ACTING_FOR_KEY, SECOND_FACTOR_KEY, SessionStore, Who
from motcua.kernel.actor import ANONYMOUS, Actor, ActorKind


class Sessions(SessionMiddleware):
    """Django's middleware over our store; the end of an active session moves on at most once an hour."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Mark the session for saving where its end should move, then save as Django does."""
        session = request.session
        if isinstance(session, SessionStore) and session.needs_refresh and not session.is_empty():
            session.modified = True
        return super().process_response(request, response)


class CurrentActor:
    """Puts the frozen `Actor` on the request. `request.user` stays lazy: nothing here touches it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the actor known; what a signed-in person sees is kept by no shared cache."""
        request.actor = actor = actor_for(request)  # type: ignore[attr-defined]
        response = self.get_response(request)
        patch_vary_headers(response, ("Cookie",))
        if actor.is_authenticated and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_cache=True)
        return response


def actor_for(request: HttpRequest) -> Actor:
    """The actor of a request: nobody without a session, the person with today's powers with one."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return ANONYMOUS
    session = request.session
    session.get(ACTING_FOR_KEY)  # loads it
    who: Who = session.who  # type: ignore[attr-defined]
    if who.account_id is None:
        return ANONYMOUS
    businesses = tuple(key for key, _name in who.businesses)
    return Actor(
        kind=ActorKind.PERSON,
        name=who.full_name or who.username,
        account_id=who.account_id,
        person_id=who.person_id,
        grants=who.grants,
        businesses=businesses,
        kin=who.kin,
        absent=who.absent,
        on_behalf_of=next((key for key in businesses if str(key) == session.get(ACTING_FOR_KEY)), None),
        has_second_factor=bool(session.get(SECOND_FACTOR_KEY)),
        address=client_address(request),
    )


def client_address(request: HttpRequest) -> str:
    """The address the request came from; behind a trusted proxy, the last one the proxy names."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return forwarded.rsplit(",", 1)[-1].strip() or request.META.get("REMOTE_ADDR", "")
