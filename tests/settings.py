"""The project's settings for tests: nothing is taken from a developer's ``.env``."""

import os
from pathlib import Path

VAR = Path(__file__).resolve().parent.parent / "var"
VAR.mkdir(exist_ok=True)
# A name of its own for each run, so that two at a time do not meet.
RUN = f"test_{os.getpid()}"
DATABASE_FILE = VAR / f"{RUN}.sqlite3"

os.environ.update(
    {
        "DEBUG": "false",
        "SECRET_KEY": "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz",
        "PUBLIC_BASE_URL": "http://testserver",
        "ALLOWED_HOSTS": "*",
        "INVITATION_URL_PREFIXES": "invite,old",
        "EMAIL_URL": "memorymail://",
        "SITE_TITLE": "Slotkey",
        "SITE_ACCENT": "#1f4d4a",
        "TIME_ZONE": "UTC",
        "LANGUAGE_CODE": "en",
        "WEEK_STARTS_ON": "monday",
        "DEFAULT_FROM_EMAIL": "Slotkey <booking@example.com>",
    }
)
os.environ.setdefault("DATABASE_URL", f"sqlite:///{DATABASE_FILE}")

from config.settings import *  # noqa: E402, F403  the environment has to stand first
from config.settings import DATABASES, STORAGES  # noqa: E402

# A file, not memory: a live server answers parallel requests, each with its own connection.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(DATABASE_FILE)}
else:
    DATABASES["default"]["TEST"] = {"NAME": RUN}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Static files straight from their folders, nothing collected.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
