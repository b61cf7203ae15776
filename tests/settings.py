"""The project's settings for tests: nothing is taken from a developer's ``.env``."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Each run has its own databases, so that two at a time do not meet.
SCRATCH = Path(tempfile.mkdtemp(prefix="tests-"))
atexit.register(shutil.rmtree, SCRATCH, ignore_errors=True)
DATABASE_FILE = SCRATCH / "test.sqlite3"

os.environ.update(
    {
        "ENV_FILE": os.devnull,
        "MEDIA_ROOT": str(SCRATCH / "media"),
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
        # Tests, races and benchmarks book more than people do; what is about limits sets them.
        "LIMIT_PER_ADDRESS": "0",
        "LIMIT_PER_INVITATION": "0",
        "LIMIT_PER_NETWORK": "0",
        "LIMIT_MAILS": "0",
        # What is about the second factor asks for it.
        "REQUIRE_SECOND_FACTOR": "false",
        "CACHE_URL": "locmemcache://",
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
    DATABASES["default"]["TEST"] = {"NAME": f"test_{os.getpid()}"}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Static files straight from their folders, nothing collected.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
