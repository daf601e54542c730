"""Addresses of the documents: only verification is public; files are reached through their owners."""

from django.urls import path

from motcua.documents import views

app_name = "documents"
urlpatterns = [
    path("verify/", views.verify_any, name="verify_any"),
    path("verify/<str:code>/", views.verify, name="verify"),
]
