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
def pilihan_kolom(context: template.Context, fields: Any, selected: str) -> SafeString:
    """The options of a column's select. The long list is made once for a page."""
    made = context.render_context
    if "pilihan_kolom" not in made:
        made["pilihan_kolom"] = _options(fields)
    html: SafeString = made["pilihan_kolom"]
    value = f'value="{conditional_escape(selected)}"'
    if value not in html:  # a stored result, which nobody is offered
        return format_html('<option value="{}" selected>{}</option>{}', selected, fields.label(selected), html)
    return mark_safe(html.replace(value, f"{value} selected", 1))  # noqa: S308 - escaped above


def _options(fields: Any) -> SafeString:
    groups = format_html_join(
        "",
        '<optgroup label="{}">{}</optgroup>',
        (
            (
                group.label,
                format_html_join(
                    "",
                    '<option value="{}">{}{}</option>',
                    ((o.value, o.label, f" ({o.satuan})" if o.satuan else "") for o in group.options),
                ),
            )
            for group in fields.groups
        ),
    )
    words = (_("Jangan dibaca"), _("Indikator baru…"))
    return format_html('<option value="">{}</option><option value="+">{}</option>{}', *words, groups)
