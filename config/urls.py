"""Addresses: every module brings its own `urls`; the order is from the doors down."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path
from django.views.i18n import set_language

from motcua.kernel import health
from motcua.kernel.http import public

urlpatterns = [
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("language/", public(set_language), name="set_language"),
    *[
        path("", include(f"motcua.{name}.urls"))
        for name in reversed(settings.MODULES)
        if find_spec(f"motcua.{name}.urls")
    ],
]
handler400 = "motcua.kernel.http.bad_request"
handler403 = "motcua.kernel.http.forbidden"
handler404 = "motcua.kernel.http.not_found"
handler500 = "motcua.kernel.http.server_error"
