"""Addresses of the messages: a person's own, those that found no way, and in the demo everybody's."""

from django.urls import path

from motcua.notifications import views

app_name = "notifications"
urlpatterns = [
    path("my/messages/", views.inbox, name="inbox"),
    path("my/messages/read/", views.read_all, name="read_all"),
    path("my/messages/<uuid:message_id>/", views.message, name="message"),
    path("office/undelivered/", views.undelivered, name="undelivered"),
    path("office/undelivered/<uuid:delivery_id>/", views.retry, name="retry"),
    path("demo/outbox/", views.outbox, name="outbox"),
    path("demo/outbox/<uuid:message_id>/", views.outbox_message, name="outbox_message"),
]
