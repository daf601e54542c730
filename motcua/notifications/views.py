"""Reading messages."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from motcua.kernel import clock
from motcua.kernel.actor import Role
from motcua.kernel.http import actor_of, public, signed_in, staff
from motcua.kernel.paging import page
from motcua.notifications import queries, services
from motcua.notifications.models import Message

ORDER = ("-created_at", "-id")


@signed_in
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """The person's messages, newest first."""
    actor = actor_of(request)
    rows = Message.objects.visible_to(actor)
    context = {
        "page": page(rows, order=ORDER, cursor=request.GET.get("page", "")),
        "unread": queries.unread(actor.person_id),
    }
    return render(request, "notifications/inbox.html", context)


@signed_in
@require_GET
def message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """One message; opening it is reading it."""
    actor = actor_of(request)
    found = get_object_or_404(Message.objects.visible_to(actor), pk=message_id)
    services.mark_read(actor=actor, now=clock.now(), message_id=message_id)
    crumbs = [(_("Messages"), reverse("notifications:inbox")), (found.subject, "")]
    return render(request, "notifications/message.html", {"message": found, "crumbs": crumbs})


@signed_in
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Nothing is new any more."""
    services.mark_read(actor=actor_of(request), now=clock.now())
    return redirect("notifications:inbox")


@public
@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    """In the demo nothing leaves the house: every message can be read here, whoever it is for."""
    _require_demo()
    rows = Message.objects.prefetch_related("deliveries")
    context = {"page": page(rows, order=ORDER, cursor=request.GET.get("page", ""))}
    return render(request, "notifications/outbox.html", context)


@public
@require_GET
def outbox_message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """One message of the demo with its deliveries."""
    _require_demo()
    found = get_object_or_404(Message.objects.prefetch_related("deliveries"), pk=message_id)
    crumbs = [(_("Outbox of the demo"), reverse("notifications:outbox")), (found.subject, "")]
    return render(request, "notifications/outbox_message.html", {"message": found, "crumbs": crumbs})


@staff(Role.ADMIN)
@require_GET
def undelivered(request: HttpRequest) -> HttpResponse:
    """Who could not be reached, and why: somebody has to correct the address or call."""
    rows = page(queries.undelivered(), order=("-id",), cursor=request.GET.get("page", ""))
    return render(request, "notifications/undelivered.html", {"page": rows})


@staff(Role.ADMIN)
@require_POST
def retry(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Try one of them again."""
    if services.retry(delivery_id=delivery_id, actor=actor_of(request), now=clock.now()):
        messages.success(request, _("The message is being sent again."))
    return redirect("notifications:undelivered")


def _require_demo() -> None:
    if not settings.DEMO:
        raise Http404
