"""Addresses of the pages."""

app_name = "kelurahan"
urlpatterns: list = []
