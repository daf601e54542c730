"""The demo on one machine: production's code, but plain HTTP, local accounts and a clock that can be moved."""

import os

os.environ.setdefault("MOTCUA_SECRET_KEY", "demo-only-" + "x" * 50)

from config.settings.base import *  # noqa: E402, F403
from config.settings.base import DATA  # noqa: E402

DEMO = True
ALLOWED_HOSTS = ["*"]
LOCAL_ACCOUNTS = True
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = False
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
CLOCK_OFFSET_FILE = DATA / "run" / "clock-offset"
