"""Django's settings, derived from the options. Modules keep options of their own in their `conf.py`."""

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import lienthong
from lienthong.bootstrap.options import ROOT, options

OPTIONS = options()
PACKAGE = Path(lienthong.__file__).parent
LAYERS = ("foundation", "data", "commons", "channels")


def modules() -> list[str]:
    """Every module of every layer, lowest layer first: a folder with an `apps.py` is a module."""
    return [
        f"lienthong.{layer}.{folder.name}"
        for layer in LAYERS
        for folder in sorted((PACKAGE / layer).iterdir())
        if (folder / "apps.py").is_file()
    ]


def database(url: str) -> dict:
    """Django's description of a database given by its URL."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    host = query.pop("host", "") or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        # Connections stay open between requests; a request that comes after a database restart finds out first.
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": query | {"options": f"-c statement_timeout={os.environ.get('LIENTHONG_STATEMENT_TIMEOUT', '30s')}"},
    }


def secret_key() -> str:
    """The key of sessions and signed links: made once, kept in the keys folder."""
    file = OPTIONS.keys / "session.key"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Written whole or not at all: two processes starting together agree on whichever came first.
        draft = file.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        try:
            os.link(draft, file)
        except FileExistsError:
            pass
        draft.unlink()
    return file.read_text()


SECRET_KEY = secret_key()
DEBUG = False
ALLOWED_HOSTS = ["*"] if OPTIONS.host in ("127.0.0.1", "::1") else [urlsplit(OPTIONS.url).hostname, OPTIONS.host]
ROOT_URLCONF = "lienthong.bootstrap.urls"
WSGI_APPLICATION = "lienthong.bootstrap.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "procrastinate.contrib.django",
    *modules(),
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "lienthong.bootstrap.middleware.trace",
    "lienthong.bootstrap.middleware.content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "lienthong.bootstrap.middleware.language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "lienthong.bootstrap.middleware.read_together",
    "lienthong.bootstrap.middleware.rights",
    "lienthong.bootstrap.middleware.deny_by_default",
    "lienthong.bootstrap.middleware.text_alone",
    "lienthong.bootstrap.middleware.refusals",
    "lienthong.bootstrap.middleware.idempotency",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lienthong.bootstrap.context.space",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

DATABASES = {"default": database(OPTIONS.dsn)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "data_identity.Account"
AUTHENTICATION_BACKENDS = ["lienthong.data.identity.backends.PasswordBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/workplace"

SECURE = OPTIONS.url.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600  # one working day
CSRF_FAILURE_VIEW = "lienthong.bootstrap.errors.form_expired"
CSRF_TRUSTED_ORIGINS = [OPTIONS.url]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
FILE_UPLOAD_TEMP_DIR = OPTIONS.home / "tmp"
FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["lienthong.bootstrap.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = OPTIONS.home / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

LOGGING_CONFIG = "lienthong.bootstrap.logs.configure"
LOGGING = {}
TEST_RUNNER = "django.test.runner.DiscoverRunner"

# Options that modules read in their conf.py.
LIENTHONG_HOME = OPTIONS.home
LIENTHONG_KEYS = OPTIONS.keys
LIENTHONG_STORAGE = OPTIONS.storage or str(OPTIONS.home / "files")
LIENTHONG_SAMPLES = OPTIONS.samples
LIENTHONG_SPACE_NAME = OPTIONS.space_name
LIENTHONG_ROOT = ROOT
LIENTHONG_UPLOAD_MEGABYTES = OPTIONS.upload_megabytes
LIENTHONG_GRACE_DAYS = OPTIONS.grace_days
LIENTHONG_LANGUAGE_MODEL_URL = OPTIONS.language_model_url
LIENTHONG_LANGUAGE_MODEL = OPTIONS.language_model
LIENTHONG_LANGUAGE_MODEL_KEY = OPTIONS.language_model_key
LIENTHONG_LANGUAGE_MODEL_SECONDS = OPTIONS.language_model_seconds
