"""/healthz and /readyz."""

import pytest
import redis
from django.db import OperationalError
from django.test import Client

from kumuh import health


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch):
    monkeypatch.setattr(health, "_kept", (float("-inf"), {}))


def test_healthz_asks_nobody(client: Client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer["Cache-Control"]


def test_ready_with_a_worker(client: Client, worker):
    assert client.get("/readyz").status_code == 200


def test_not_ready_without_a_worker(client: Client, db, monkeypatch):
    monkeypatch.setattr(health, "worker_answers", lambda: False)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert list(answer.json()["reasons"]) == ["worker"]


def test_a_good_answer_is_kept_a_moment_and_a_bad_one_is_not(client: Client, db, monkeypatch):
    monkeypatch.setattr(health, "failures", lambda: {"worker": "no worker answers"})
    assert client.get("/readyz").status_code == 503
    monkeypatch.setattr(health, "failures", dict)
    assert client.get("/readyz").status_code == 200
    monkeypatch.setattr(health, "failures", lambda: {"worker": "no worker answers"})
    assert client.get("/readyz").status_code == 200


def test_every_part_that_is_down_is_named(client: Client, db, monkeypatch, settings):
    settings.REDIS_URL = "unix:///nowhere.sock"
    with monkeypatch.context() as patch:
        patch.setattr(health.connection, "cursor", _broken_cursor)
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert list(answer.json()["reasons"]) == ["database", "redis"]
    assert redis.ConnectionError.__name__ in answer.json()["reasons"]["redis"]


def _broken_cursor():
    raise OperationalError("gone")
