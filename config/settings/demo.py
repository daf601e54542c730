"""The demo on one machine: production's code, but plain HTTP, local accounts and a clock that can be moved."""

from config.settings.base import *  # noqa: F403
from config.settings.base import DATA

DEMO = True
ALLOWED_HOSTS = ["*"]
LOCAL_ACCOUNTS = True
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "motcua_session", "motcua_csrf"  # the prefix needs TLS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = False
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
CLOCK_OFFSET_FILE = DATA / "run" / "clock-offset"
