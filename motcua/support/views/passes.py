"""The pass of a case that was sent without an account: a signed cookie for an hour, given for code and contact."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE = "motcua_feedback"
SECONDS = 3600


def give(response: HttpResponse, feedback_id: UUID) -> HttpResponse:
    """Let this browser read the case for an hour."""
    response.set_signed_cookie(
        COOKIE, str(feedback_id), salt=COOKIE, max_age=SECONDS, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response


def has(request: HttpRequest, feedback_id: UUID) -> bool:
    """Whether this browser showed code and contact of the case within the hour."""
    found = request.get_signed_cookie(COOKIE, default="", salt=COOKIE, max_age=SECONDS)
    return found == str(feedback_id)
