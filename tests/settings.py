"""Settings of the tests: nothing of the developer's own data, services or environment is touched."""

import os
import tempfile

from kumuh import env

for _variable in env.VARIABLES:
    os.environ.pop(_variable.name, None)
# One throwaway folder per run; a worker started by a test inherits it
if "KUMUH_TEST_DATA" not in os.environ:
    os.environ["KUMUH_TEST_DATA"] = tempfile.mkdtemp(prefix="kumuh-uji-")
os.environ["DATA_DIR"] = os.environ["KUMUH_TEST_DATA"]

from kumuh.settings import *  # noqa: E402, F403

DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405
if "KUMUH_TEST_DATABASE" in os.environ:
    DATABASES["default"]["NAME"] = os.environ["KUMUH_TEST_DATABASE"]  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_ENABLED = False
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
WHITENOISE_AUTOREFRESH = True
JOB_BUSY_RETRY = 1
# What a killed worker held comes back soon: tests do not wait a minute for it
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 5,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
}
