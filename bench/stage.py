"""A database with the city in it, and a fresh copy of it for every run, on services of the benchmark's own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import django

TEMPLATE = "kumuh"  # the database that the services make


@contextmanager
def stage() -> Iterator[None]:
    """Django on a throwaway folder, migrated; all of it is gone afterwards."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    try:
        call_command("migrate", interactive=False, verbosity=0)
        yield
    finally:
        connection.close()
        shutil.rmtree(settings.DATA_DIR, ignore_errors=True)


def load_city() -> None:
    """The example city without example data."""
    from bench.sheets import CITY, city_places
    from kelurahan.actions import places

    places.load(places=city_places(), name=CITY, sources={}, by=None)


@contextmanager
def fresh_copy(name: str) -> Iterator[None]:
    """Work on a copy of the prepared database; the cache is emptied too."""
    from django.core.cache import cache
    from django.db import connection

    _switch(TEMPLATE)
    _maintain(f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
    _switch(name)
    cache.clear()
    try:
        yield
    finally:
        _switch(TEMPLATE)
        _maintain(f'DROP DATABASE "{name}"')
        connection.close()


def _switch(name: str) -> None:
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = name


def _maintain(*statements: str) -> None:
    """Statements about databases, sent from one that nobody copies."""
    from django.db import connection

    _switch("postgres")
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    _switch(TEMPLATE)
