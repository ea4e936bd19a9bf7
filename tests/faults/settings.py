"""The product's settings with short patience, so that every fault of the short drill recovers in seconds."""

from celery.schedules import schedule

from kumuh.settings import *  # noqa: F403

JOB_BUSY_RETRY = 1
JOB_LOST_AFTER = 1
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 4,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
}
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "kelurahan.tasks.sweep", "schedule": schedule(1.0), "options": {"expires": 30}}
}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
