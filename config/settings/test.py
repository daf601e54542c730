"""Tests: production's settings with fast hashing, plain static files and mail kept in memory."""

import os
import tempfile

os.environ.setdefault("MOTCUA_SECRET_KEY", "test-only-" + "x" * 50)
os.environ.setdefault("DATABASE_URL", "postgresql://postgres@/motcua")
if "MOTCUA_DATA" not in os.environ:  # bin/test names a folder; without it one of this process, gone with it
    _data = tempfile.TemporaryDirectory(prefix="motcua-test-")
    os.environ["MOTCUA_DATA"] = _data.name

from config.settings.base import *  # noqa: E402, F403
from config.settings.base import DATA, MIDDLEWARE, ROOT  # noqa: E402

ALLOWED_HOSTS = ["*"]
LANGUAGE_CODE = "en"  # texts as the code has them; what each language says has tests of its own
LOCAL_ACCOUNTS = True
DEMO = True
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "motcua_session", "motcua_csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
ASSETS = ROOT / "var" / "assets"
STATICFILES_DIRS = [ASSETS]
MIDDLEWARE = [name for name in MIDDLEWARE if not name.startswith("whitenoise.")]  # nothing is collected in tests
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
BLOBS = DATA / "blobs"
