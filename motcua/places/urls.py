"""Addresses of places."""

from django.urls import path

from motcua.places import views

app_name = "places"
urlpatterns = [
    path("office/plans/", views.plans, name="plans"),
    path("office/plans/<uuid:plan_id>/", views.plan, name="plan"),
    path("office/plans/<uuid:plan_id>/try/", views.try_plan, name="try_plan"),
]
