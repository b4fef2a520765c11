"""The composition root. Values come from the environment (see ``.env.example``); what a food bank changes lives in the database."""

from __future__ import annotations

from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from foodbank import env

BASE_DIR = Path(__file__).resolve().parent.parent
env.load_file(BASE_DIR / ".env")

VAR_DIR = Path(env.text("VAR_DIR") or BASE_DIR / "var")
VAR_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = env.flag("DEBUG")
SECRET_KEY = env.text("SECRET_KEY")
_DEVELOPMENT_KEY = "development-only-key-never-use-it-on-a-server-that-others-reach"
if not SECRET_KEY:
    # Commands work on a machine where nothing is set up yet; serving to others needs a key of one's own.
    SECRET_KEY = _DEVELOPMENT_KEY
# Seals households' contact data; the first seals, the others still open (docs/keys.md). Losing it is losing the contacts.
CONTACT_KEYS = env.listing("CONTACT_KEY") or [SECRET_KEY]
ALLOWED_HOSTS = env.listing("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
if SECRET_KEY == _DEVELOPMENT_KEY and not DEBUG and set(ALLOWED_HOSTS) - {"localhost", "127.0.0.1", "[::1]", "testserver"}:
    raise ImproperlyConfigured("SECRET_KEY must be set when ALLOWED_HOSTS names more than this machine")
BASE_URL = env.text("BASE_URL", "http://localhost:8000").rstrip("/")
_HTTPS = BASE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "foodbank.pantry.views.faults.csrf_failure"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "csp",
    "axes",
    "foodbank.core",
    "foodbank.accounts",
    "foodbank.messaging",
    "foodbank.sites",
    "foodbank.catalog",
    "foodbank.partners",
    "foodbank.inventory",
    "foodbank.donations",
    "foodbank.pantry",
    "foodbank.reports",
    "logistics.travel",
    "logistics.fleet",
    "logistics.allocation",
    "logistics.dispatch",
    "logistics.month",
    "logistics.sheets",
    "logistics.warehouse",
    "logistics.portal",
    "logistics.dayfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "foodbank.accounts.middleware.PrivateAnswers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "foodbank.accounts.middleware.IdleSessions",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "foodbank.urls"
WSGI_APPLICATION = "foodbank.wsgi.application"
ASGI_APPLICATION = "foodbank.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "foodbank.accounts.context.access",
            ],
        },
    },
]

DATABASES = {"default": env.database("DATABASE_URL", BASE_DIR, var_dir=VAR_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "foodbank.accounts.backends.DayCodeBackend",
]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 1  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "foodbank.accounts.addresses.client_address"
# What is kept of a failed attempt, and logged, names nobody and opens nothing.
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "name", "code", "csrfmiddlewaretoken"]
AXES_LOCKOUT_CALLABLE = "foodbank.accounts.views.signing_in.locked_out"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "accounts:login"
PASSWORD_RESET_TIMEOUT = 86_400
IDLE_LIMIT_HAND_S = 24 * 3_600  # P8
IDLE_LIMIT_DESK_S = 12 * 3_600
SESSION_COOKIE_AGE = IDLE_LIMIT_HAND_S

LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "foodbank" / "locale"]
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "foodbank" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
# The embedded default serves straight from the source folders, so that a small site needs no collectstatic.
WHITENOISE_USE_FINDERS = True
WHITENOISE_MIMETYPES = {".wasm": "application/wasm", ".webmanifest": "application/manifest+json"}

_MAIL = env.mail("EMAIL_URL")
EMAIL_BACKEND = _MAIL["BACKEND"]
EMAIL_HOST = _MAIL["HOST"]
EMAIL_PORT = _MAIL["PORT"]
EMAIL_HOST_USER = _MAIL["HOST_USER"]
EMAIL_HOST_PASSWORD = _MAIL["HOST_PASSWORD"]
EMAIL_USE_TLS = _MAIL["USE_TLS"]
EMAIL_USE_SSL = _MAIL["USE_SSL"]
EMAIL_TIMEOUT = 20  # seconds; well below what the outbox gives one message
DEFAULT_FROM_EMAIL = env.text("FROM_EMAIL", "foodbank@localhost")

SESSION_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = _HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked by the machine itself, behind whatever ends TLS
BEHIND_PROXY = env.flag("BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _HTTPS
SECURE_HSTS_PRELOAD = _HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
PERMISSIONS_POLICY = "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE, "'wasm-unsafe-eval'"],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.LimitedJSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["api.auth.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["api.permissions.ScopeAllows"],
    "EXCEPTION_HANDLER": "api.errors.handle",
    "DEFAULT_METADATA_CLASS": None,  # OPTIONS describes nothing; the schema does
    "UNAUTHENTICATED_USER": None,
}
API_RATE = env.text("API_RATE", "120/min")  # requests per key
SPECTACULAR_SETTINGS = {
    "TITLE": "フードバンクの一日 / A food bank's day: for partners' programs",
    "DESCRIPTION": "See what can be ordered, order, and learn what comes when. Errors are RFC 9457 problems in Japanese and English.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": False,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "SWAGGER_UI_DIST": "SIDECAR",
}

# Celery: on the same machine through files unless a Redis is named.
_REDIS_URL = env.text("REDIS_URL")
CELERY_TASK_IGNORE_RESULT = True  # what a job did is a row in the database
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE = {
    "relay-outbox": {"task": "core.relay_outbox", "schedule": 10.0},
    "forget-accounts": {"task": "accounts.forget_old", "schedule": 86_400.0},
    "forget-idempotency": {"task": "core.forget_idempotency", "schedule": 86_400.0},
    "forget-sent": {"task": "core.forget_sent", "schedule": 86_400.0},
    "learn-paces": {"task": "dispatch.learn_paces", "schedule": 86_400.0},
    "forget-roads": {"task": "travel.forget_old", "schedule": 86_400.0},
    "expire-reservations": {"task": "inventory.expire_reservations", "schedule": 60.0},
}
if _REDIS_URL:
    CELERY_BROKER_URL = _REDIS_URL
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": _REDIS_URL}}
else:
    _QUEUE_DIR = VAR_DIR / "queue"
    for _folder in (_QUEUE_DIR, _QUEUE_DIR / "control"):
        _folder.mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_QUEUE_DIR),
        "data_folder_out": str(_QUEUE_DIR),
        "control_folder": str(_QUEUE_DIR / "control"),
    }

# Driving times: who gives them (docs/travel.md). The great circle needs nobody and is what everything falls back to.
TRAVEL_PROVIDER = env.choice("TRAVEL_PROVIDER", ("great_circle", "osrm", "valhalla"))
TRAVEL_URL = env.address("TRAVEL_URL", "http://127.0.0.1:8002" if TRAVEL_PROVIDER == "valhalla" else "http://127.0.0.1:5000")
TRAVEL_PROFILE = env.text("TRAVEL_PROFILE") or ("auto" if TRAVEL_PROVIDER == "valhalla" else "driving")
TRAVEL_SECONDS = env.number("TRAVEL_SECONDS", 5)  # to ask in all, each time that a day is planned

# Which function sends what the outbox holds, by topic; and who knows the address of which kind of person.
OUTBOX_HANDLERS = {
    "message": "foodbank.messaging.services.deliver.deliver",
    "password_reset": "foodbank.accounts.services.passwords.send_reset",
}
MESSAGE_ADDRESSES = {
    "user": "foodbank.messaging.users.user_address",
    "donor": "foodbank.donations.selectors.donor_address",
    "partner": "foodbank.partners.selectors.partner_address",
    "household": "foodbank.pantry.selectors.contacts.household_address",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "WARNING")},
}
