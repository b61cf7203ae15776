"""All settings, from the environment or ``.env``; the README says what each means."""

from __future__ import annotations

from email.headerregistry import Address
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import environment, logs

BASE_DIR = Path(__file__).resolve().parent.parent
env = environment.Environment()
env.read_env(env.str("ENV_FILE", default=str(BASE_DIR / ".env")))

# The site

DEBUG = env.flag("DEBUG", "false")
SECRET_KEY = env.checked("SECRET_KEY", environment.secret)
SITE_TITLE = env.str("SITE_TITLE", default="Slotkey")
SITE_LOGO_URL = env.checked("SITE_LOGO_URL", environment.own_path, "")
SITE_ACCENT = env.checked("SITE_ACCENT", environment.hex_colour, "#1f4d4a")
PUBLIC_BASE_URL = env.checked("PUBLIC_BASE_URL", environment.base_url)
INVITATION_URL_PREFIXES = env.checked("INVITATION_URL_PREFIXES", environment.prefixes, "invite")
WEEK_STARTS_ON = env.checked(
    "WEEK_STARTS_ON", environment.one_of("monday", "sunday", "saturday"), "monday"
)
IS_HTTPS = PUBLIC_BASE_URL.startswith("https://")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[urlsplit(PUBLIC_BASE_URL).hostname])

# Parts

INSTALLED_APPS = [
    "config.apps.SiteAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "timezone_field",
    "scheduling",
    "appointments",
    "invitations",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.logs.request_log",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.sign_in.second_factor.RequireSecondFactor",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "invitations.framing.Framing",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

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
                "config.site.site",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Data

DATABASES = {
    "default": env.database("DATABASE_URL", f"sqlite:///{BASE_DIR / 'var' / 'db.sqlite3'}")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    # Writers queue from their first statement, readers are never blocked (rule B3).
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    given = DATABASES["default"].get("OPTIONS", {})
    DATABASES["default"]["OPTIONS"] = {
        # The server prepares what it is sent again and again: a fifth of a booking's time.
        "server_side_binding": True,
        "prepare_threshold": 5,
        **given,
        # It compiles what it guesses to be dear: for seconds, where lists are counted in one.
        "options": f"-c lock_timeout=5s -c jit=off {given.get('options', '')}".strip(),
    }

# Web processes share it: in it the limits of the log-in are counted.
CACHES = {"default": env.cache("CACHE_URL", f"filecache://{BASE_DIR / 'var' / 'cache'}")}

MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(BASE_DIR / "var" / "media"))
MEDIA_URL = "/"
STATIC_URL = "static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "var" / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Language and time

LANGUAGE_CODE = env.checked("LANGUAGE_CODE", environment.one_of("en", "en-us", "de"), "en")
LANGUAGES = [("en", _("English")), ("en-us", _("English (US)")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.checked("TIME_ZONE", environment.time_zone, "UTC")

# Mail: the default writes files, which a development-only page shows.

MAIL_DIR = BASE_DIR / "var" / "mail"
vars().update(env.email("EMAIL_URL", f"filemail:///{MAIL_DIR}"))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.checked(
    "DEFAULT_FROM_EMAIL", environment.mailbox, str(Address(SITE_TITLE, "booking", "localhost"))
)
SERVER_EMAIL = parseaddr(DEFAULT_FROM_EMAIL)[1]

# Signing in: clients by a code sent to their address, staff by password (config/sign_in).

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "my_appointments"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "config.sign_in.adapter.Adapter"
ACCOUNT_FORMS = {
    "login": "config.sign_in.forms.PasswordForm",
    "reauthenticate": "config.sign_in.forms.PasswordAgainForm",
    "request_login_code": "config.sign_in.forms.RequestCodeForm",
    "confirm_login_code": "config.sign_in.forms.CodeForm",
    "reset_password": "config.sign_in.forms.ForgottenPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_RATE_LIMITS = {  # within a day as well: anybody can have mails sent to anybody
    "request_login_code": "20/m/ip,3/m/key,30/d/key",
    "reset_password": "20/m/ip,3/m/key,30/d/key",
}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL

REQUIRE_SECOND_FACTOR = env.flag("REQUIRE_SECOND_FACTOR", str(not DEBUG))
MFA_ADAPTER = "config.sign_in.second_factor.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True  # those of staff come from whoever added them
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS

OIDC_PROVIDERS = env.checked("OIDC_PROVIDERS", environment.oidc_providers, "[]")
SOCIALACCOUNT_ADAPTER = "config.sign_in.providers.Adapter"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "provider_class": "config.sign_in.providers.Provider",
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [environment.oidc_app(provider) for provider in OIDC_PROVIDERS],
    }
}

# Security

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
if env.flag("BEHIND_TLS_PROXY", "false"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

TRUSTED_PROXIES = env.checked("TRUSTED_PROXIES", environment.whole_number, "0")
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

# Limits against misuse, each within a day; 0 is none.

LIMIT_PER_ADDRESS = env.checked("LIMIT_PER_ADDRESS", environment.whole_number, "10")
LIMIT_PER_INVITATION = env.checked("LIMIT_PER_INVITATION", environment.whole_number, "200")
LIMIT_PER_NETWORK = env.checked("LIMIT_PER_NETWORK", environment.whole_number, "50")
LIMIT_MAILS = env.checked("LIMIT_MAILS", environment.whole_number, "50")

# Whether resources' calendars may be read from this machine; else from public addresses alone.
CALENDARS_FROM_HERE = env.flag("CALENDARS_FROM_HERE", str(DEBUG))

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LOGGING = logs.configuration(INVITATION_URL_PREFIXES)
