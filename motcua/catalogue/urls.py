"""Addresses of the catalogue."""

from django.urls import path

from motcua.catalogue import views

app_name = "catalogue"
urlpatterns = [
    path("procedures/", views.browse, name="browse"),
    path("procedures/<str:code>/", views.procedure, name="procedure"),
    path("search/", views.search, name="search"),
    path("search/suggest/", views.suggest, name="suggest"),
]
