"""Addresses of the dossier: the portal's, the office's, the counter's."""

from motcua.dossiers.urls import books, counter, office, portal

app_name = "dossiers"
urlpatterns = [*portal.urlpatterns, *office.urlpatterns, *counter.urlpatterns, *books.urlpatterns]
