"""Settings by environment (kumuh/env.py). A clone simply runs; production says aloud what is missing."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from celery.schedules import schedule
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from kumuh import env, services
from kumuh.city import read_city
from kumuh.importmap import script_sources
from kumuh.secret import kept_secret

BASE_DIR = Path(__file__).resolve().parent.parent
PRODUCTION = env.production()
LAPTOP = not PRODUCTION  # demo accounts exist only here
DEBUG = env.flag("DEBUG")
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("DEBUG=on shows passwords and data to visitors: it is refused in production.")

DATA_DIR = (BASE_DIR / env.text("DATA_DIR")).resolve()
SECRET_KEY = env.secret_key() if PRODUCTION else env.text("SECRET_KEY") or kept_secret(DATA_DIR)
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS") or LOCAL_HOSTS
if PRODUCTION:
    env.required("ALLOWED_HOSTS")
PORT = env.number("PORT", 1, 65535)
PUBLIC_MAP = env.flag("PUBLIC_MAP")

# The city: nothing of any city stands in code
CITY_FILE = BASE_DIR / env.text("CITY_FILE")
CITY = read_city(CITY_FILE)

INSTALLED_APPS = [
    "whitenoise.runserver_nostatic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "pgtrigger",
    "axes",
    "leaflet",
    "kumuh",
    "kelurahan",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kumuh.language.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "kumuh.urls"
WSGI_APPLICATION = "kumuh.wsgi.application"

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
                "kelurahan.context_processors.site",
            ],
        },
    },
]

# Database and queue: given by address, or kept by kumuh/services.py in DATA_DIR
OWN_SERVICES = not (env.text("DATABASE_URL") and env.text("REDIS_URL"))
_SOCKETS = services.socket_folder(DATA_DIR)
_CONNECTION: dict[str, Any] = (
    {"ENGINE": "django.db.backends.postgresql", **env.database(env.text("DATABASE_URL"))}
    if env.text("DATABASE_URL")
    else {"ENGINE": "kumuh.postgres", "NAME": services.DATABASE, "USER": services.ROLE, "HOST": str(_SOCKETS)}
)
# A killed worker's session waits for a lock without noticing that nobody listens, and holds its job's lock meanwhile
_OPTIONS = {"options": "-c client_connection_check_interval=2s"}
DATABASES = {
    "default": {
        **_CONNECTION,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**_OPTIONS, **_CONNECTION.get("OPTIONS", {})},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

if PRODUCTION:
    env.required("DATABASE_URL")
    env.required("REDIS_URL")
BROKER, CACHE = services.redis_addresses(DATA_DIR, env.text("REDIS_URL"))
REDIS_URL = CACHE
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE, "KEY_PREFIX": "kumuh"}
}
# Sessions in the database: an emptied cache logs nobody out
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# Jobs
CELERY_BROKER_URL = BROKER
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # A killed worker's task is picked up after 61 s (kombu's defaults: 91–160 s)
    "visibility_timeout": 60,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_TASK_DEFAULT_QUEUE = "kumuh"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
JOB_BUSY_RETRY = 30  # seconds: a second delivery asks again whether the first has finished
JOB_LOST_AFTER = 20  # seconds in which a worker should have taken a job; then it is queued again
# A web page must not hang when the queue is down: the sweeper queues the job again later
# (0.6 s are enough for one that is being restarted)
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 3, "interval_start": 0, "interval_step": 0.2}
CELERY_WORKER_CONCURRENCY = 2
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    # A job whose worker was killed goes on after at most this time
    "sweep": {"task": "kelurahan.tasks.sweep", "schedule": schedule(10.0), "options": {"expires": 10}},
    "tidy": {"task": "kelurahan.tasks.tidy", "schedule": schedule(3600.0), "options": {"expires": 600}},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat")

# People
AUTH_USER_MODEL = "kelurahan.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
PASSWORD_RESET_TIMEOUT = 48 * 3600  # how long a one-time link to set a password lives
LOGIN_URL = "kelurahan:login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0, 10) if env.text("TRUSTED_PROXIES") else int(PRODUCTION)
AXES_FAILURE_LIMIT = 5
# An office shares one address: a mistyping colleague must not lock everybody out
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "axes/lockout.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_CLIENT_IP_CALLABLE = "kumuh.proxy.client_address"
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True

# Words, numbers, time
LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Bahasa Indonesia")), ("en", _("Inggris"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = CITY["zona_waktu"]

# Static files and uploads
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [
    "map", "png", "jpg", "jpeg", "gif", "webp", "zip", "gz", "br", "woff", "woff2",
]  # fmt: skip
MEDIA_ROOT = DATA_DIR / "unggahan"  # quarantine: no URL leads here
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# Map
TILE_URL = env.text("TILE_URL")
TILE_ATTRIBUTION = env.text("TILE_ATTRIBUTION")
LEAFLET_CONFIG: dict[str, object] = {"TILES": []}

# What a browser may do
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": SimpleLazyObject(script_sources),
        "style-src": [SELF],
        "img-src": [SELF, "data:", *env.origins(TILE_URL)],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# Headers and cookies
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_AGE = 12 * 3600  # a working day
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SAMESITE = "Lax"
if PRODUCTION:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    # A refused page is no fault of ours: one line, no traceback
    "filters": {"expected": {"()": "kumuh.logs.WithoutExpectedTraceback"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["expected"]}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"kumuh": {"level": "INFO"}, "kelurahan": {"level": "INFO"}, "celery": {"level": "INFO"}},
}
