"""Addresses of the catalogue."""

from django.urls import path, re_path

from motcua.catalogue import views

app_name = "catalogue"
urlpatterns = [
    path("procedures/", views.browse, name="browse"),
    re_path(r"^procedures/(?P<code>[0-9.]{1,40})/$", views.procedure, name="procedure"),
    path("office/delegations/", views.delegations, name="delegations"),
    path("office/delegations/<uuid:delegation_id>/end/", views.end_delegation, name="end_delegation"),
    path("search/", views.search, name="search"),
    path("search/suggest/", views.suggest, name="suggest"),
]
