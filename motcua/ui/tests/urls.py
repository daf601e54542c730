"""Addresses for the tests of the layouts: only ours, so that they stand without any module above."""

from django.urls import include, path
from django.views.i18n import set_language

urlpatterns = [
    path("language/", set_language, name="set_language"),
    path("", include("motcua.ui.urls")),
]
