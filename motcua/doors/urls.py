"""Addresses of the doors."""

from django.urls import path

from motcua.doors import views

app_name = "doors"
urlpatterns = [
    path("", views.home, name="home"),
    path("find/", views.search, name="search"),
    path("my/", views.space, name="space"),
    path("help/", views.help_page, name="help"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
    path("office/", views.office, name="office"),
    path("welcome/", views.after_sign_in, name="after_sign_in"),
]
