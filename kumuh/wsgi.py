"""Entry point of the web server: `gunicorn kumuh.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kumuh.settings")

application = get_wsgi_application()
