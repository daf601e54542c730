"""Addresses of the dossier: the portal's, the office's, the counter's."""

from motcua.dossiers.urls import counter, office, portal

app_name = "dossiers"
urlpatterns = [*portal.urlpatterns, *office.urlpatterns, *counter.urlpatterns]
