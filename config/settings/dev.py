"""A developer's machine: the demo with templates re-read and errors shown."""

from config.settings.demo import *  # noqa: F403
from config.settings.demo import STORAGES

DEBUG = True
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
