"""The demo: dossiers of invented people, driven through their whole life by the services and pages everybody uses."""
