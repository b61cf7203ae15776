"""The settings of the tests, but as in production where it costs time.

``DATABASE_URL`` names the database; ``LARGE_DATABASE_URL`` a second one, with a long past.
"""

import os
import warnings
from pathlib import Path

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, LOGGING, TEMPLATES, env

if "LARGE_DATABASE_URL" in os.environ:
    DATABASES["large"] = {**DATABASES["default"], **env.database("LARGE_DATABASE_URL", "")}
    DATABASE_ROUTERS = ["bench.switch.Switch"]
ROOT_URLCONF = "bench.urls"
TEMPLATES[0]["DIRS"].append(Path(__file__).parent / "templates")
WHITENOISE_AUTOREFRESH = False
DEBUG_PROPAGATE_EXCEPTIONS = True
# Static files come straight from their folders, so nothing is collected.
warnings.filterwarnings("ignore", "No directory at")
# Requests are logged as ever, but nobody reads it.
LOGGING["handlers"]["console"]["stream"] = open(os.devnull, "w")  # noqa: SIM115  until the end
