"""Production: secure by default, everything variable from the environment; the other settings derive from here."""

import os
import tomllib
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import env
from motcua.kernel import logs

ROOT = env.ROOT
DATA = Path(os.environ.get("MOTCUA_DATA", ROOT / "var"))
PACK = Path(os.environ.get("MOTCUA_PACK", ROOT / "packs" / "quangninh"))

SECRET_KEY = env.required("MOTCUA_SECRET_KEY")
DEBUG = False
ALLOWED_HOSTS = env.words("MOTCUA_HOSTS")
BASE_URL = os.environ.get("MOTCUA_BASE_URL", "https://localhost")
CSRF_TRUSTED_ORIGINS = env.words("MOTCUA_ORIGINS", BASE_URL)
DEMO = False

# Rows of the stack, bottom up: migrations and look-ups follow this order.
MODULES = [
    "kernel", "ui", "places", "identity", "documents", "notifications", "eforms", "workflow", "payments",
    "catalogue", "dossiers", "counter", "support", "reporting", "doors",
]  # fmt: skip
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "django_htmx",
    "csp",
    "procrastinate.contrib.django",
    *[f"motcua.{name}" for name in MODULES],
]
MIDDLEWARE = [
    "motcua.kernel.http.RequestContext",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "motcua.identity.middleware.Sessions",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "motcua.identity.middleware.CurrentActor",
    "motcua.kernel.http.Limits",
    "motcua.kernel.http.DenyByDefault",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "motcua.ui.context.site",
            ],
            "builtins": ["django.templatetags.i18n", "motcua.ui.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "motcua.ui.forms.Renderer"

DATABASES = {"default": env.database(env.required("DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "identity.Account"
IDENTITY_KEY = os.environ.get("MOTCUA_IDENTITY_KEY", "")  # seals personal numbers; keep it when SECRET_KEY changes
SESSION_ENGINE = "motcua.identity.sessions"
SESSION_COOKIE_NAME = "__Host-motcua_session"  # the prefix: only over TLS, only from this very host
SESSION_COOKIE_AGE = 12 * 3600
LOGIN_URL = "identity:sign_in"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English"), ("pt", "Português")]
LOCALE_PATHS = [ROOT / "locale", DATA / "locale"]
LANGUAGE_COOKIE_NAME = "motcua_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
ASSETS = DATA / "assets"  # fonts, icons and htmx, made from wheels by `prepare_assets`
STATICFILES_DIRS = [ASSETS]
BLOBS = DATA / "blobs"
UPLOAD_LIMIT = 20 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA / "media"}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

EMAIL_BACKEND = os.environ.get("MOTCUA_EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = os.environ.get("MOTCUA_EMAIL_HOST", "localhost")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("MOTCUA_EMAIL_FROM", "motcua@localhost")

SECURE_SSL_REDIRECT = env.flag("MOTCUA_SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # load balancers ask without TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("MOTCUA_BEHIND_PROXY") else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # whether the domain joins the browsers' preload list is its owner's choice
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_NAME = "__Host-motcua_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "motcua.kernel.http.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *env.words("MOTCUA_FORM_ACTIONS")],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

SITE = tomllib.loads((PACK / "pack.toml").read_text("utf-8"))["pack"] if (PACK / "pack.toml").exists() else {}
# Who carries what when agencies are reorganised, bottom row first (docs/adr/0011).
REORGANISATION_MOVERS = [
    "motcua.places.reorganisation.mover.PlacesMover",
    "motcua.identity.services.reorganisation.IdentityMover",
    "motcua.dossiers.services.reorganisation.DossiersMover",
    "motcua.support.services.reorganisation.SupportMover",
]
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"

# Signing in: local accounts (demo, small units) and any OpenID Connect provider named in the environment.
LOCAL_ACCOUNTS = env.flag("MOTCUA_LOCAL_ACCOUNTS")
OIDC = {
    "name": os.environ.get("MOTCUA_OIDC_NAME", "VNeID"),
    "server_url": os.environ.get("MOTCUA_OIDC_URL", ""),
    "client_id": os.environ.get("MOTCUA_OIDC_CLIENT", ""),
    "secret": os.environ.get("MOTCUA_OIDC_SECRET", ""),
}
CLOCK_OFFSET_FILE: Path | None = None  # the demo moves its clock with this file; production has none
LANGUAGE_NAMES = {"vi": _("Vietnamese"), "en": _("English"), "pt": _("Portuguese")}

LOGGING_CONFIG = None
logs.configure(json=env.flag("MOTCUA_JSON_LOGS", True), level=os.environ.get("MOTCUA_LOG_LEVEL", "INFO"))
