"""The ways out of the house: a channel's name to the class that serves it. A new channel is one line and one file."""

from functools import cache

from django.utils.module_loading import import_string

from motcua.notifications.enums import Channel
from motcua.notifications.gateways.base import Gateway

GATEWAYS: dict[str, str] = {
    Channel.EMAIL: "motcua.notifications.gateways.mail.Mail",
}


@cache
def gateway(channel: str) -> Gateway:
    """The gateway that serves this channel."""
    found: Gateway = import_string(GATEWAYS[channel])()
    return found
