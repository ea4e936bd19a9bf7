"""`{% import_map %}` in the head of base.html, before the first module."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from kumuh.importmap import import_map as text

register = template.Library()


@register.simple_tag
def import_map() -> SafeString:
    return mark_safe(f'<script type="importmap">{text()}</script>')  # noqa: S308 - our own file names as JSON, "<" escaped
