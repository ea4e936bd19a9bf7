"""Addresses of the whole site. The pages are the apps' own."""

from django.urls import include, path
from django.views.i18n import set_language

from kumuh import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("bahasa", set_language, name="set_language"),
    path("", include("kelurahan.urls")),
]
