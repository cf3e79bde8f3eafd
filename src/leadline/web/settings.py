"""Django settings of the pages: those of the command line, and what a browser needs.

Read from the environment when Django starts:

- `LEADLINE_WORKSPACE`: the workspace's folder, set by `leadline up`.
- `LEADLINE_URL`: the address people type, "https://leadline.example"; loopback by default.
- `LEADLINE_OIDC_SERVER`, `LEADLINE_OIDC_CLIENT_ID`, `LEADLINE_OIDC_SECRET`,
  `LEADLINE_OIDC_NAME`: single sign-on, if the company has it.
- `LEADLINE_TRUSTED_PROXIES`: how many servers of one's own stand in front, 0 by default;
  limits count the address that the first of them saw.
- `LEADLINE_TODAY`: a day to show instead of today, for demonstrations.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from leadline.settings import (
    DATABASES,
    DEFAULT_AUTO_FIELD,
    TIME_ZONE,
    USE_TZ,
    pages_url,
)
from leadline.web.proxies import trusted_proxies
from leadline.web.secret_key import secret_key

__all__ = ["DATABASES", "DEFAULT_AUTO_FIELD", "TIME_ZONE", "USE_TZ"]

LEADLINE_WORKSPACE = Path(os.environ.get("LEADLINE_WORKSPACE", ""))
LEADLINE_URL = pages_url()
LEADLINE_TODAY = os.environ.get("LEADLINE_TODAY", "")
_STATE = LEADLINE_WORKSPACE / ".leadline"
_IS_HTTPS = LEADLINE_URL.startswith("https://")
_HOST = urlsplit(LEADLINE_URL).hostname or "127.0.0.1"

DEBUG = False
SECRET_KEY = secret_key(_STATE)
ALLOWED_HOSTS = sorted({"127.0.0.1", "localhost", "[::1]", _HOST})
CSRF_TRUSTED_ORIGINS = [LEADLINE_URL]

INSTALLED_APPS = [
    "leadline.web",
    "leadline.records",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_htmx",
    "template_partials",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "leadline.web.middleware.WorkspaceMiddleware",
]

ROOT_URLCONF = "leadline.web.urls"
WSGI_APPLICATION = "leadline.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "leadline.web.context.page",
            ],
            "builtins": ["leadline.web.templatetags.leadline"],
        },
    }
]

# Language and formats: dates and numbers follow the reader. Every word of the pages is marked
# for translation; a catalogue in `locale` (`make messages`) is all that a language needs.
USE_I18N = True
LOCALE_PATHS = [Path(__file__).parent / "locale"]
LANGUAGE_CODE = "en-gb"
USE_THOUSAND_SEPARATOR = True

# Static files are collected once at the start, compressed, and named by their content.
STATIC_URL = "/static/"
STATIC_ROOT = _STATE / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Who is signed in, and how
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "brief"
ACCOUNT_ADAPTER = "leadline.web.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_EMAIL_NOTIFICATIONS = False
ALLAUTH_TRUSTED_PROXY_COUNT = trusted_proxies(os.environ.get("LEADLINE_TRUSTED_PROXIES", "0"))
MFA_ADAPTER = "leadline.web.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Leadline"
MFA_FORMS = {"add_webauthn": "leadline.web.forms.passkeys.AddPasskeyForm"}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _IS_HTTPS
SOCIALACCOUNT_ADAPTER = "leadline.web.adapters.SocialAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_AUTO_SIGNUP = True
SOCIALACCOUNT_PROVIDERS: dict[str, object] = {}
if os.environ.get("LEADLINE_OIDC_SERVER"):
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "EMAIL_AUTHENTICATION": True,
        "APPS": [
            {
                "provider_id": "company",
                "name": os.environ.get("LEADLINE_OIDC_NAME", "Single sign-on"),
                "client_id": os.environ.get("LEADLINE_OIDC_CLIENT_ID", ""),
                "secret": os.environ.get("LEADLINE_OIDC_SECRET", ""),
                "settings": {"server_url": os.environ["LEADLINE_OIDC_SERVER"]},
            }
        ],
    }

# Cookies and headers
# With this name a browser takes them from this very host alone, and never from one beside it.
_HOST_ONLY = "__Host-" if _IS_HTTPS else ""
SESSION_COOKIE_NAME = f"{_HOST_ONLY}leadline_session"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _IS_HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_NAME = f"{_HOST_ONLY}leadline_csrf"
CSRF_FAILURE_VIEW = "leadline.web.views.errors.csrf"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
if _IS_HTTPS:
    # Whoever ends TLS in front of Leadline must set this header, and drop a client's own.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_SSL_REDIRECT = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "form-action": [SELF, *filter(None, [os.environ.get("LEADLINE_OIDC_SERVER")])],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],
        "script-src": [SELF],
        "style-src": [SELF],
    }
}

# Rate limits are counted where every worker sees them.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "leadline_cache",
    }
}
# Faults go to the terminal of `leadline up`; who read what goes nowhere.
LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {
        "terminal": {"class": "logging.StreamHandler", "level": "ERROR"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "loggers": {
        "django": {"handlers": ["terminal"], "propagate": False},
        # Somebody who asks under another name is refused; that is no fault to tell of.
        "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
    },
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# What Django's check for deployment would say, and why it does not apply:
SILENCED_SYSTEM_CHECKS = (
    # Whether other hosts below our name speak https, and whether browsers are told of it for
    # good, is for whoever owns the name.
    ["security.W005", "security.W021"]
    if _IS_HTTPS
    # On the loopback address there is no TLS to insist on.
    else ["security.W004", "security.W008", "security.W012", "security.W016"]
)
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
