"""Addresses of the design system: the text switch for readers, the gallery where the installation is no production."""

from django.urls import path

from motcua.ui import views

app_name = "ui"
urlpatterns = [
    path("text-size/", views.text_size, name="text_size"),
    path("design/", views.gallery, name="gallery"),
]
