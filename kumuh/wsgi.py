"""Entry point of the web server: `gunicorn kumuh.wsgi`."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from kumuh import services

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kumuh.settings")

if settings.OWN_SERVICES:
    services.hold(settings.DATA_DIR)
application = get_wsgi_application()
