"""The bar of steps and the long lists of choices of the wizard: `{% load unggah %}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from kelurahan.models import Upload
from kelurahan.reports import wizard

register = template.Library()


@register.simple_tag
def langkah(upload: Upload | None, current: int) -> list[wizard.Step]:
    """All eight steps, with the one where we are."""
    return wizard.steps(upload or None, current)


@register.simple_tag(takes_context=True)
def pilihan_kolom(context: template.Context, fields: Any, selected: str, whole: bool = True) -> SafeString:
    """The options of a column's select, made once for a page; not `whole`: without the many indicators. A new one is
    offered to those who may add it."""
    made, key = context.render_context, f"pilihan_kolom {whole}"
    if key not in made:
        made[key] = _options(fields, whole, bool(context.get("may_indicator")))
    html: SafeString = made[key]
    value = f'value="{conditional_escape(selected)}"'
    if value not in html:  # an indicator, or a stored result, which nobody is offered
        return format_html('<option value="{}" selected>{}</option>{}', selected, fields.label(selected), html)
    return mark_safe(html.replace(value, f"{value} selected", 1))  # noqa: S308 - escaped above


def _options(fields: Any, whole: bool, new: bool) -> SafeString:
    groups = format_html_join(
        "", '<optgroup label="{}">{}</optgroup>', ((g.label, _group(g)) for g in fields.groups if whole or not g.many)
    )
    made = format_html('<option value="+">{}</option>', _("Indikator baru…")) if new else ""
    others = "" if whole else format_html('<option value="*">{}</option>', _("Indikator lain…"))
    return format_html('<option value="">{}</option>{}{}{}', _("Jangan dibaca"), made, others, groups)


def _group(group: Any) -> SafeString:
    return format_html_join(
        "", '<option value="{}">{}</option>', ((option.value, option.full_label) for option in group.options)
    )
