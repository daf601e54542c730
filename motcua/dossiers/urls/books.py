"""Addresses of the register and of the minutes."""

from django.urls import path

from motcua.dossiers.views import books

urlpatterns = [
    path("office/register/", books.register, name="register"),
    path("office/register.pdf", books.register_file, {"form": "pdf"}, name="register_pdf"),
    path("office/register.xlsx", books.register_file, {"form": "xlsx"}, name="register_xlsx"),
    path("office/register.csv", books.register_file, {"form": "csv"}, name="register_csv"),
    path("office/minutes/", books.minutes, name="minutes"),
]
