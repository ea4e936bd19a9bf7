"""What people fill in. A form knows what is missing and says so; rights and writing are elsewhere."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kelurahan.models import Upload
from kelurahan.reports.findings import FindingGroup, finding_groups
from kelurahan.rules.regulation import DEFAULT_RULE_SET, RULE_SETS

FIRST_YEAR = 1990
REASON_LENGTH = 500


def mark(form: forms.BaseForm) -> None:
    """Give every field the look of the site, and tie its error and hint to it for screen readers."""
    form.label_suffix = ""
    for bound in form:
        widget = bound.field.widget
        if not isinstance(widget, forms.CheckboxInput | forms.HiddenInput):
            widget.attrs.setdefault("class", "input")
        if bound.errors:
            widget.attrs["aria-invalid"] = "true"
        told = [f"{bound.id_for_label}_galat"] * bool(bound.errors) + [f"{bound.id_for_label}_bantu"] * bool(
            bound.help_text
        )
        if told:
            widget.attrs["aria-describedby"] = " ".join(told)


class SeveralFilesInput(forms.FileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """One file or more; cleaned to a list."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if not given:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return [super(SeveralFilesField, self).clean(one, initial) for one in given]


class UploadForm(forms.Form):
    """One sheet or several, the year of rows that name none, and the rules their criteria follow."""

    berkas = SeveralFilesField(
        label=gettext_lazy("Berkas"),
        widget=SeveralFilesInput(attrs={"accept": ".xlsx,.xls,.ods,.csv,.zip"}),
        error_messages={
            "required": gettext_lazy("Pilih berkasnya lebih dahulu."),
            "empty": gettext_lazy("Berkas ini kosong. Pilih berkas yang berisi data."),
        },
    )
    tahun = forms.IntegerField(
        label=gettext_lazy("Tahun data"),
        required=False,
        help_text=gettext_lazy("Hanya bila berkas tidak punya kolom Tahun."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 4}),
    )
    aturan = forms.ChoiceField(
        label=gettext_lazy("Aturan penilaian"),
        choices=[(kode, rule_set.nama) for kode, rule_set in RULE_SETS.items()],
        initial=DEFAULT_RULE_SET,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mark(self)

    def clean_tahun(self) -> int | None:
        year = self.cleaned_data["tahun"]
        last = timezone.localdate().year + 1
        if year is not None and not FIRST_YEAR <= year <= last:
            raise forms.ValidationError(
                _("Tahun harus antara %(first)d dan %(last)d.") % {"first": FIRST_YEAR, "last": last}
            )
        return year  # type: ignore[no-any-return]


def reason_field(label: Any, rows: int = 3) -> forms.CharField:
    """Why something is changed, as the history keeps it."""
    return forms.CharField(
        label=label,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={
            "required": gettext_lazy("Tulis alasannya: akan tersimpan dalam riwayat."),
            "max_length": gettext_lazy("Paling banyak %(limit_value)d huruf; sekarang %(show_value)d."),
        },
    )


class SourceForm(forms.Form):
    """Where the numbers of a change come from, for the history. Nobody has to know it."""

    dokumen = forms.CharField(
        label=gettext_lazy("Dokumen sumber"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Nomor surat, berita acara, atau nama laporan."),
    )
    tanggal_data = forms.DateField(
        label=gettext_lazy("Tanggal data"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"],
        error_messages={"invalid": gettext_lazy("Tulis tanggalnya seperti 30/09/2026.")},
    )

    def clean_tanggal_data(self) -> date | None:
        day = self.cleaned_data["tanggal_data"]
        if day is not None and not FIRST_YEAR <= day.year <= timezone.localdate().year + 1:
            raise forms.ValidationError(_("Periksa tahunnya."))
        return day  # type: ignore[no-any-return]


class ApplyForm(SourceForm):
    """The reason for a change, its source, and a tick for every kind of warning the sender was shown."""

    alasan = reason_field(gettext_lazy("Alasan perubahan"))
    sidik = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, upload: Upload, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.upload = upload
        self.initial.setdefault("sidik", upload.sidik)
        self.warnings: list[FindingGroup] = [g for g in finding_groups(upload) if g.level == "peringatan"]
        for group in self.warnings:
            self.fields[f"setuju_{group.code}"] = _tick(_told(group), _("Centang bila peringatan ini sudah diperiksa."))
        self.n_blocked = int(upload.pratinjau.get("counts", {}).get("blocked", 0))
        self.has_errors = any(finding["level"] == "galat" for finding in upload.temuan)
        if self.has_errors:
            label = (
                ngettext(
                    "Tinggalkan %(n)d baris tertahan; baris itu tidak ditulis",
                    "Tinggalkan %(n)d baris tertahan; baris itu tidak ditulis",
                    self.n_blocked,
                )
                % {"n": self.n_blocked}
                if self.n_blocked
                else _("Terapkan meskipun ada galat yang tertinggal")
            )
            self.fields["lewati"] = _tick(label, _("Centang untuk menerapkan tanpa baris yang tertahan."))
        mark(self)

    @property
    def ticks(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("setuju_") or name == "lewati"]

    def clean_sidik(self) -> str:
        """What is applied is what was on the screen."""
        shown: str = self.cleaned_data["sidik"]
        if shown != self.upload.sidik:
            raise forms.ValidationError(_("Pratinjau ini sudah berganti. Periksa yang baru, lalu terapkan lagi."))
        return shown


def _told(group: FindingGroup) -> str:
    if group.n_more < 1:
        return group.title
    more = ngettext("Dan %(n)d temuan lain yang sejenis.", "Dan %(n)d temuan lain yang sejenis.", group.n_more)
    return f"{group.title} {more % {'n': group.n_more}}"


def _tick(label: str, needed: str) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=True, error_messages={"required": needed})


class UndoForm(forms.Form):
    alasan = reason_field(gettext_lazy("Alasan mengurungkan"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mark(self)


class BoundaryForm(forms.Form):
    """A GeoJSON file to be looked at; nothing is written."""

    berkas = forms.FileField(
        label=gettext_lazy("Berkas GeoJSON"),
        widget=forms.FileInput(attrs={"accept": ".geojson,.json,application/geo+json"}),
        error_messages={
            "required": gettext_lazy("Pilih berkasnya lebih dahulu."),
            "empty": gettext_lazy("Berkas ini kosong. Pilih berkas yang berisi batas."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mark(self)


class BoundaryApplyForm(forms.Form):
    """Put checked boundaries on the map, with the words that name their source under it."""

    sumber = forms.CharField(
        label=gettext_lazy("Sumber batas"),
        max_length=300,
        help_text=gettext_lazy("Tampil di bawah peta, misalnya “Badan Informasi Geospasial, 2024”."),
        error_messages={"required": gettext_lazy("Tulis sumbernya: akan tampil di bawah peta.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mark(self)
