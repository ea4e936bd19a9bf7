"""The address a request really comes from, behind the operator's own proxies."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The entry our outermost trusted proxy wrote; anything further left was written by the visitor."""
    header = str(request.META.get("HTTP_X_FORWARDED_FOR", ""))
    written = [part.strip() for part in header.split(",") if part.strip()]
    if settings.TRUSTED_PROXIES and len(written) >= settings.TRUSTED_PROXIES:
        return written[-settings.TRUSTED_PROXIES]
    return str(request.META.get("REMOTE_ADDR", ""))
