"""The Celery app: `celery -A kumuh.celery worker`."""

import os

from celery import Celery
from celery.signals import beat_init, worker_init
from django.conf import settings

from kumuh import services

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kumuh.settings")

app = Celery("kumuh")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.set_default()
app.autodiscover_tasks(["kelurahan"])


@worker_init.connect
@beat_init.connect
def hold_services(**_: object) -> None:
    """Before the first look at the queue, also when somebody starts a worker by hand."""
    if settings.OWN_SERVICES:
        services.hold(settings.DATA_DIR)
