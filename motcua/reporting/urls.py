"""Addresses of the figures."""

from django.urls import path

from motcua.reporting import views

app_name = "reporting"
urlpatterns = [
    path("office/reports/ii06/", views.ii06, name="ii06"),
    path("office/reports/on-the-spot/", views.spot, name="on_the_spot"),
    path("office/reports/parts/", views.parts_of_others, name="parts"),
    path("office/reports/ii06.xlsx", views.ii06_xlsx, name="ii06_xlsx"),
]
