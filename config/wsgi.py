"""WSGI entry for granian."""

import os

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
if not settings.ALLOWED_HOSTS:
    raise ImproperlyConfigured("Set the environment variable MOTCUA_HOSTS to the names Motcua is reached by.")
application = get_wsgi_application()
