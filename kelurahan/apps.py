from django.apps import AppConfig


class KelurahanConfig(AppConfig):
    name = "kelurahan"
    label = "kelurahan"
    default_auto_field = "django.db.models.BigAutoField"
