"""The shell as a Django app: its commands, its template tag, and the Celery app every process shares."""

from importlib import import_module

from django.apps import AppConfig


class KumuhConfig(AppConfig):
    name = "kumuh"

    def ready(self) -> None:
        import_module("kumuh.celery")
