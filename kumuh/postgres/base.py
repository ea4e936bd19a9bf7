"""PostgreSQL of a laptop: the services are started by whoever connects first, and only then."""

from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base

from kumuh import services


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: Any) -> Any:
        services.hold(settings.DATA_DIR)
        return super().get_new_connection(conn_params)
