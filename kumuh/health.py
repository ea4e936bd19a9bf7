"""Two addresses for whoever watches the site: is it up, and can it do its work?"""

import time

import redis
from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from kombu.exceptions import KombuError

KEEP_SECONDS = 3.0
_kept: tuple[float, dict[str, str]] = (float("-inf"), {})


@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the web server answers; asks nobody else."""
    return JsonResponse({"status": "ok"})


@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when database, Redis and a worker answer, 503 with the reasons otherwise. A good answer is kept 3 s."""
    global _kept
    at, reasons = _kept
    if reasons or time.monotonic() - at > KEEP_SECONDS:
        reasons = failures()
        _kept = (time.monotonic(), reasons)
    if reasons:
        return JsonResponse({"status": "not ready", "reasons": reasons}, status=503)
    return JsonResponse({"status": "ok"})


def failures() -> dict[str, str]:
    """What does not answer, in words: {part: reason}. A worker is asked only when Redis answers."""
    reasons = {}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        reasons["database"] = f"the database does not answer: {type(error).__name__}"
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as client:
            client.ping()
        if not worker_answers():
            reasons["worker"] = "no worker answers"
    except (redis.RedisError, KombuError, OSError) as error:
        reasons["redis"] = f"Redis does not answer: {type(error).__name__}"
    return reasons


def worker_answers() -> bool:
    return bool(current_app.control.ping(timeout=0.7, limit=1))
