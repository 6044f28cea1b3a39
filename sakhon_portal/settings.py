"""All settings of the portal; what differs between places comes from the environment (.env.example)."""

from pathlib import Path

import django_stubs_ext
import environ
import sentry_sdk
import structlog
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from sakhon_portal.watching import event_without_rows, without_rows

# Lets generic Django classes be written with their type at run time.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

# ── Core ─────────────────────────────────────────────────────────────────────
SECRET_KEY: str = env.str("SECRET_KEY")
DEBUG: bool = env.bool("DEBUG", default=False)
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# The public address of the portal, used in e-mails, feeds and reports.
SITE_ADDRESS: str = env.str("SITE_ADDRESS", default="http://127.0.0.1:8000").rstrip("/")
# The folder of the province that `load_province` loads.
PROVINCE_DIR = BASE_DIR / env.str("PROVINCE_DIR", default="data/samut_sakhon")
# Set while the sample is loaded: the entrances' clock stands on this day (ISO date).
SAMPLE_TODAY: str = env.str("SAMPLE_TODAY", default="")

INSTALLED_APPS = [
    "sakhon_portal",
    "pages",
    "reports",
    "spreadsheets",
    "reminders",
    "planning",
    "budget",
    "covid",
    "learning",
    "projects",
    "kpi",
    "strategy",
    "submissions",
    "meetings",
    "accounts",
    "audit",
    "jobruns",
    "common",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "import_export",
    "django_htmx",
    "template_partials",
    "heroicons",
    "simple_history",
    "tree_queries",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "csp",
    "django_celery_beat",
    "django_celery_results",
    "django_structlog",
]

MIDDLEWARE = [
    "common.middleware.VisitorAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "common.middleware.AskOnceMiddleware",
    "submissions.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "common.middleware.RequestLogMiddleware",
    "audit.middleware.RequestContextMiddleware",
    "common.middleware.RefusedMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "sakhon_portal.urls"
WSGI_APPLICATION = "sakhon_portal.wsgi.application"

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
                "csp.context_processors.nonce",
                "pages.context.chrome",
            ],
            "builtins": ["template_partials.templatetags.partials"],
            # Template coverage in the tests needs the debug nodes.
            "debug": env.bool("TEMPLATE_DEBUG", default=DEBUG),
        },
    }
]

# ── Database ─────────────────────────────────────────────────────────────────
DATABASES = {
    "default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'var' / 'portal.sqlite3'}")
}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["ENGINE"] = "sakhon_portal.sqlite3"
    # Defaults failed 295 of 800 concurrent transactions; these failed none.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.str("REDIS_URL"),
        "KEY_PREFIX": env.str("CACHE_PREFIX", default="portal"),
    }
    if env.str("REDIS_URL", default="")
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# ── People ───────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "accounts.backends.AdministratorBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.validators.NationalIdValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapters.InvitationOnlyAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
# Five wrong passwords shut a name's door for the place they came from (axes, below); for everybody,
# only many do: else whoever knows an official's user name could keep him or her out all day.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,100/h/key", "login": "30/m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_TOTP_ISSUER = env.str("MFA_TOTP_ISSUER", default="Sakhon Portal")
SOCIALACCOUNT_PROVIDERS: dict[str, object] = {}
AXES_FAILURE_LIMIT = env.int("AXES_FAILURE_LIMIT", default=5)
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_HTTP_RESPONSE_CODE = 429
AXES_LOCKOUT_TEMPLATE = "errors/429.html"
SESSION_COOKIE_AGE = env.int("SESSION_COOKIE_AGE", default=8 * 60 * 60)
SESSION_SAVE_EVERY_REQUEST = False

# ── Safety ───────────────────────────────────────────────────────────────────
HTTPS: bool = env.bool("HTTPS", default=not DEBUG)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
# What the proxy in front says of the visitor's scheme and address is believed only here.
BEHIND_PROXY: bool = env.bool("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "pages.views.machines.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# ── Language and time ────────────────────────────────────────────────────────
LANGUAGE_CODE = "th"
LANGUAGES = [("th", _("ไทย")), ("en", _("อังกฤษ"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Bangkok"

# ── Files ────────────────────────────────────────────────────────────────────
# Everything written at run time lies in one folder outside the web root.
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default="") or VAR_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR_DIR / "private"
PUBLISHED_ROOT = VAR_DIR / "published"
STATIC_MANIFEST: bool = env.bool("STATIC_MANIFEST", default=False)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "sakhon_portal.hashed.HashedFiles"
        if STATIC_MANIFEST
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
        # Collected by root, read by the portal's own user and by nginx; uploads stay at 640.
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},
    },
}
# From a checkout no collectstatic is needed.
WHITENOISE_USE_FINDERS = not STATIC_MANIFEST
WHITENOISE_AUTOREFRESH = DEBUG
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750
EVIDENCE_MAX_BYTES = env.int("EVIDENCE_MAX_BYTES", default=20 * 1024 * 1024)
# What an uploaded workbook may measure; a larger one is refused before it is parsed.
UPLOAD_LIMITS = {
    "file_bytes": env.int("UPLOAD_MAX_BYTES", default=20 * 1024 * 1024),
    "inflated_bytes": env.int("UPLOAD_MAX_INFLATED_BYTES", default=200 * 1024 * 1024),
    "sheets": env.int("UPLOAD_MAX_SHEETS", default=60),
    "rows": env.int("UPLOAD_MAX_ROWS", default=200_000),
    "columns": env.int("UPLOAD_MAX_COLUMNS", default=400),
}
# Larger workbooks are read, and more rows are brought in, by the worker.
UPLOAD_READ_AT_ONCE_BYTES = env.int("UPLOAD_READ_AT_ONCE_BYTES", default=2 * 1024 * 1024)
UPLOAD_COMMIT_AT_ONCE_ROWS = env.int("UPLOAD_COMMIT_AT_ONCE_ROWS", default=2_000)

# ── Floors ───────────────────────────────────────────────────────────────────
# Who tells the pages of projects about money: a higher floor, which they do not know by name.
PROJECT_MONEY = "budget.context.MoneyOfProjects"
# Who makes an agenda of what the floors between know: money, projects, promises.
MEETING_AGENDA = "pages.agenda.agenda_of"

# ── Deferred work ────────────────────────────────────────────────────────────
REDIS_URL: str = env.str("REDIS_URL", default="")
BROKER_DIR = VAR_DIR / "broker"
CELERY_BROKER_URL = REDIS_URL or "filesystem://"
if not REDIS_URL:
    for folder in ("messages", "control"):
        (BROKER_DIR / folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "messages"),
        "data_folder_out": str(BROKER_DIR / "messages"),
        "control_folder": str(BROKER_DIR / "control"),
        "store_processed": False,
        "polling_interval": 0.2,
    }
else:
    # A publisher must not hang while Redis is away: the job row waits instead.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 5, "socket_connect_timeout": 2}
# Portals and test runs that share a Redis keep apart by queue and prefix.
CELERY_TASK_DEFAULT_QUEUE = env.str("CELERY_QUEUE", default="portal")
CELERY_TASK_PUBLISH_RETRY = False
CELERY_RESULT_BACKEND = "django-db"
CELERY_TASK_IGNORE_RESULT = True
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TRACK_STARTED = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_ALWAYS_EAGER = env.bool("CELERY_TASK_ALWAYS_EAGER", default=False)
CELERY_TASK_EAGER_PROPAGATES = False

# ── Mail ─────────────────────────────────────────────────────────────────────
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="filemail:///")
EMAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"]
EMAIL_HOST = EMAIL_CONFIG.get("EMAIL_HOST") or ""
EMAIL_PORT = EMAIL_CONFIG.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = EMAIL_CONFIG.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = EMAIL_CONFIG.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = bool(EMAIL_CONFIG.get("EMAIL_USE_TLS", False))
EMAIL_TIMEOUT = 10
EMAIL_FILE_PATH = str(VAR_DIR / "mail")
# LINE Messaging API, the second way of reminders; without a token only mail is sent.
LINE_CHANNEL_TOKEN: str = env.str("LINE_CHANNEL_TOKEN", default="")
LINE_CHANNEL_SECRET: str = env.str("LINE_CHANNEL_SECRET", default="")
LINE_ACCOUNT: str = env.str("LINE_ACCOUNT", default="")
LINE_API_URL: str = env.str("LINE_API_URL", default="https://api.line.me").rstrip("/")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="portal@localhost")

# ── API ──────────────────────────────────────────────────────────────────────
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "PAGE_SIZE": 50,
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "anon": env.str("API_ANON_RATE", default="120/min"),
        "user": env.str("API_USER_RATE", default="1200/min"),
    },
    "EXCEPTION_HANDLER": "sakhon_portal.api.refuse_with_a_sentence",
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Provincial strategy and KPI portal",
    "DESCRIPTION": "Anonymous callers read what is published; a token or session acts as its user.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "ScoreScaleEnum": "kpi.models.ScoreCurve.Preset",
        "AssessmentKindEnum": "kpi.models.AssessmentScheme.Kind",
        "EntryStatusEnum": "submissions.models.EntryStatus",
        "ProjectStatusEnum": "projects.models.Project.Status",
        "OverTimeEnum": "kpi.models.OverTime",
        "ContractKindEnum": "budget.models.Contract.Kind",
        "ResolutionStateEnum": "meetings.models.Resolution.State",
        "ChangeRequestStateEnum": "projects.models.ChangeRequest.State",
        "ProjectTargetKindEnum": "projects.models.ProjectTarget.Kind",
        "NeedLevelEnum": "planning.models.needs.LevelChoices",
        "ScorecardLevelEnum": "kpi.models.Scorecard.Level",
        "RegisteredFacilityKindEnum": "covid.models.Facility.Kind",
        "FactoryStatusEnum": "covid.models.Factory.Status",
        "FactoryInspectionOutcomeEnum": "covid.models.FactoryInspection.Outcome",
        "PlanStateEnum": "strategy.models.PlanEdition.State",
        "SwotFactorKindEnum": "planning.models.SwotFactor.Kind",
        "TurnoutLevelEnum": "learning.models.Turnout.Level",
    },
}
IMPORT_EXPORT_SKIP_ADMIN_ACTION_EXPORT_UI = True

# ── Logs ─────────────────────────────────────────────────────────────────────
LOG_LEVEL: str = env.str("LOG_LEVEL", default="INFO")
# Tracebacks without local variables and without the row that a database quotes: personal data.
SHOWN_ERRORS: list[structlog.typing.Processor] = (
    [structlog.stdlib.PositionalArgumentsFormatter()]
    if DEBUG
    else [
        structlog.processors.ExceptionRenderer(
            structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        ),
        without_rows,
    ]
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.JSONRenderer(ensure_ascii=False)
            if not DEBUG
            else structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
            "foreign_pre_chain": [
                structlog.contextvars.merge_contextvars,
                structlog.processors.TimeStamper(fmt="iso"),
                structlog.stdlib.add_logger_name,
                structlog.stdlib.add_log_level,
                *SHOWN_ERRORS,
            ],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        # Both speak at every start and every message; what matters of them is a warning.
        "axes": {"level": "WARNING"},
        "django_structlog.celery": {"level": "WARNING"},
        "kombu": {"level": "ERROR"},
        # Scanners ask by number; they are answered with 400.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        # In our form as well. Its line for each request would carry what was searched for and the
        # secrets of links; Django's has neither (common.middleware).
        "gunicorn.error": {"propagate": True},
        "gunicorn.access": {"level": "CRITICAL"},
    },
}
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        *SHOWN_ERRORS,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = None
DJANGO_STRUCTLOG_CELERY_ENABLED = True
# The id in nginx's own log, where nginx gives it.
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = BEHIND_PROXY

SENTRY_DSN: str = env.str("SENTRY_DSN", default="")
if SENTRY_DSN:
    sentry_sdk.init(
        dsn=SENTRY_DSN,
        send_default_pii=False,
        include_local_variables=False,
        # Neither what was typed nor what was searched for, nor the values of a query.
        max_request_body_size="never",
        before_send=event_without_rows,
        before_breadcrumb=lambda crumb, _hint: None,
    )
