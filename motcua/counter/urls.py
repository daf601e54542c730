"""Addresses of the counter."""

from django.urls import path

from motcua.counter import views

app_name = "counter"
urlpatterns = [
    path("office/guidance/", views.guidance, name="guidance"),
    path("office/guidance/procedures/", views.procedures, name="procedures"),
]
