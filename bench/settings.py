"""Settings of the benchmarks: the product's own on a throwaway folder, with the table of the peer beside."""

import os
import tempfile

from kumuh import env

for _variable in env.VARIABLES:
    os.environ.pop(_variable.name, None)
# One folder per benchmark; a process started by it inherits the folder
if "KUMUH_BENCH_DATA" not in os.environ:
    os.environ["KUMUH_BENCH_DATA"] = tempfile.mkdtemp(prefix="kumuh-ukur-")
os.environ["DATA_DIR"] = os.environ["KUMUH_BENCH_DATA"]

from kumuh.settings import *  # noqa: E402, F403

INSTALLED_APPS = [*INSTALLED_APPS, "bench"]  # noqa: F405
DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
WHITENOISE_AUTOREFRESH = True
LOGGING["loggers"]["kelurahan"]["level"] = "ERROR"  # noqa: F405
