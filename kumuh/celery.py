"""The Celery app: `celery -A kumuh.celery worker`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kumuh.settings")

app = Celery("kumuh")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.set_default()
app.autodiscover_tasks(["kelurahan"])
