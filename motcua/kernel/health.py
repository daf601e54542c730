"""Health for load balancers and operators: alive (this process), ready (database, worker, event log)."""

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from motcua.kernel import outbox
from motcua.kernel.http import public


@public
def live(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return JsonResponse({"status": "ok"})


@public
def ready(request: HttpRequest) -> HttpResponse:
    """The database answers; how far the consumers are behind is told, not judged."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return JsonResponse({"status": "ok", "outbox_lag": outbox.lag()})
    except Error:
        return JsonResponse({"status": "database does not answer"}, status=503)
