"""Settings of gridgov: one file, every difference between machines is an environment variable.

docs/operations.md lists the variables; a test holds the two together.
"""

from pathlib import Path

import environ

from gridgov.kit import embedded
from gridgov.kit.secrets import numbered_secrets, secret

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(environ.Env().str("GRIDGOV_VAR", str(BASE_DIR / "var")))

env = environ.Env()

# --- Who we are -------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
# TLS ends at a proxy in front of us: this is service, no trial, and secrets have to be given.
TLS = env.bool("TLS", default=False)
# A trial on one's own machine makes its own secrets under var/; a real installation sets them.
SECRET_KEY = secret("SECRET_KEY", VAR_DIR, required=TLS)
# The key of the event chains. Without it nobody can forge a chain, not even who owns the tables.
CHAIN_KEY = secret("CHAIN_KEY", VAR_DIR, required=TLS)
# Keys of personal data: the first one seals, older ones still open (./manage.py rotate_keys), and the key by
# which a number or a name is found again without being readable.
DATA_KEYS = numbered_secrets("DATA_KEYS", VAR_DIR, required=TLS)
INDEX_KEY = secret("INDEX_KEY", VAR_DIR, required=TLS)
DATA_CIPHER = env.str("DATA_CIPHER", default="AES")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

ROOT_URLCONF = "gridgov.urls"
WSGI_APPLICATION = "gridgov.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "grids",
    "residents",
    "cases",
    "assessment",
    "gridgov.kit",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "mptt",
    "guardian",
    "simple_history",
    "axes",
    "csp",
    "django_htmx",
]

MIDDLEWARE = [
    "gridgov.kit.middleware.RequestIdMiddleware",
    "gridgov.kit.middleware.ClockMiddleware",
    # What sets headers stands before whitenoise, or its files would go out without them.
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "gridgov.kit.middleware.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "gridgov.kit.middleware.PrivateMiddleware",
    # Before whatever reads a cookie: a public page knows nobody.
    "gridgov.kit.middleware.PublicMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "gridgov.kit.middleware.LanguageMiddleware",
    "gridgov.kit.middleware.SessionAgeMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "grids.middleware.ScopeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "gridgov.kit.middleware.BusyMiddleware",
    "axes.middleware.AxesMiddleware",
]

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
                "grids.context.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "gridgov.kit.templatetags.parts",
            ],
        },
    }
]

# Forms come out of templates/ui, with the house's class names.
FORM_RENDERER = "gridgov.kit.rendering.FormRenderer"

# --- Services ---------------------------------------------------------------------------------

DATABASES = {
    "default": env.db_url("DATABASE_URL")
    if env.str("DATABASE_URL", default="")
    else embedded.database_settings()
}
DATABASES["default"].update(
    CONN_MAX_AGE=600,
    CONN_HEALTH_CHECKS=True,
    # A row lock that is not had within three seconds ends in a friendly 503, not in a queue of threads.
    OPTIONS={
        **DATABASES["default"].get("OPTIONS", {}),
        # Pages ask small questions with many names to look up: trying every order of seven joins takes the
        # planner ten times as long as answering, and so does starting helpers for a search. And the default
        # price of a random page is that of a turning disk: counting a common word took the wrong index.
        "options": "-c lock_timeout=3000 -c statement_timeout=60000 -c timezone=UTC"
        " -c join_collapse_limit=3 -c max_parallel_workers_per_gather=0 -c random_page_cost=1.1",
    },
    TEST={"NAME": env.str("GRIDGOV_TEST_DB", default="test_gridgov")},
)
REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
    # What every process may know by itself for a minute: the working calendar of lists.
    "local": {"BACKEND": "gridgov.kit.caching.ObjectCache", "TIMEOUT": 60},
    # What lists have shown lately, by scope and language. There are as many scopes as places, so the oldest
    # make room. Kept half a minute: it is made of what is half a minute old, and a change shows within one.
    "shown": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "shown",
        "TIMEOUT": 30,
        "OPTIONS": {"MAX_ENTRIES": 300},
    },
}

STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": env.str("MEDIA_ROOT", default=str(VAR_DIR / "media"))},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if not DEBUG and (VAR_DIR / "static" / "staticfiles.json").exists()
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Before collectstatic has run (tests, a developer's shell) files are found where they lie.
WHITENOISE_USE_FINDERS = DEBUG or not (STATIC_ROOT / "staticfiles.json").exists()

# --- Who may ----------------------------------------------------------------------------------

AUTH_USER_MODEL = "grids.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "cases:desk"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# Locked by account and by account and address, never by address alone: a street shares one address.
AXES_LOCKOUT_PARAMETERS = ["username", ["username", "ip_address"]]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username"]

SESSION_COOKIE_NAME = "gridgov_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_SECONDS", default=30 * 60)
SESSION_LIFETIME_SECONDS = env.int("SESSION_LIFETIME_SECONDS", default=12 * 3600)
SESSION_COOKIE_AGE = SESSION_LIFETIME_SECONDS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "gridgov.views.csrf_failure"

# With TLS=1 everything that depends on it is switched on.
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TLS else None
SECURE_HSTS_SECONDS = 365 * 86400 if TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = TLS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# What begins like this hangs on every wall: no cookie is read there and none is set.
PUBLIC_PREFIX = "/p/"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 12
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- Words and time ---------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [
    BASE_DIR / "locale" / part for part in ("assessment", "cases", "residents", "grids", "ui", "kit")
]
LANGUAGE_COOKIE_AGE = 365 * 86400
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- Ways out ---------------------------------------------------------------------------------

# Each gateway is off until its first value is given (gridgov/kit/gateways.py).
GATEWAYS = {
    "sms": {
        "url": env.str("SMS_URL", default=""),
        "token": env.str("SMS_TOKEN", default=""),
        "template": env.str("SMS_TEMPLATE", default=""),
    },
    "wecom": {"url": env.str("WECOM_ROBOT_URL", default="")},
    "dingtalk": {
        "url": env.str("DINGTALK_ROBOT_URL", default=""),
        "secret": env.str("DINGTALK_ROBOT_SECRET", default=""),
    },
    "email": {"sender": env.str("NOTICE_EMAIL_FROM", default="")},
    "webhook": {
        "url": env.str("NOTICE_WEBHOOK_URL", default=""),
        "secret": env.str("NOTICE_WEBHOOK_SECRET", default=""),
    },
}
# Nothing but what is urgent leaves the house within these hours; it waits for the morning.
NOTICE_QUIET_HOURS = env.str("NOTICE_QUIET_HOURS", default="21:00-08:00")
# Where people reach the site, for the links in messages; empty: messages carry none.
SITE_URL = env.str("SITE_URL", default="").rstrip("/")
vars().update(env.email("EMAIL_URL", default="smtp://localhost:25"))
EMAIL_TIMEOUT = 5  # seconds, like every gateway's

# --- Logs -------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "gridgov.kit.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # At DEBUG it prints everything a page knows, with what somebody has searched for.
        "django.template": {"level": "INFO"},
        "axes": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "gridgov": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}
