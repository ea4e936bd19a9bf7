"""What people fill in on the Data pages: one record, a choice between two versions, a new RT, a kelurahan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kelurahan.actions.place_edits import AreaFigure
from kelurahan.forms import FIRST_YEAR, SourceForm, mark, reason_field
from kelurahan.rules.findings import Level
from kelurahan.rules.numbers import format_number, read_number
from kelurahan.rules.record import FieldFinding, Typed, check_record, read_record, record_fields, words
from kelurahan.rules.regulation import RuleSet, State

MINE, THEIRS = "saya", "mereka"


def _reason() -> forms.CharField:
    return reason_field(gettext_lazy("Alasan perubahan"), rows=2)


class RecordForm(SourceForm):
    """A record as typed. Its numbers are read by the one number reader, never by Django's localised fields."""

    versi = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    alasan = _reason()

    def __init__(self, rule_set: RuleSet, *, texts: Mapping[str, str], data: Any = None, **kwargs: Any) -> None:
        """`texts`: what each field starts with."""
        super().__init__(data, **kwargs)
        self.rule_set, self.start = rule_set, texts
        mark(self)

    @cached_property
    def typed(self) -> Typed:
        """What stands in the fields, valid or not."""
        return read_record(self._texts(), self.rule_set)

    def _texts(self) -> dict[str, str]:
        if not self.is_bound:
            return dict(self.start)
        return {name: self.data.get(f"f_{name}", "") for name in record_fields(self.rule_set)}

    @cached_property
    def findings(self) -> list[FieldFinding]:
        typed = self.typed
        return check_record(typed.values, typed.states, self.rule_set, typed.read, typed.texts)

    def clean(self) -> dict[str, Any] | None:
        if any(f"f_{name}" not in self.data for name in record_fields(self.rule_set)):
            raise forms.ValidationError(_("Isian ini terkirim tidak utuh. Muat ulang halamannya, lalu coba lagi."))
        for finding in self.findings:
            if finding.level is Level.GALAT:
                self.add_error(None, words(finding, _))
        return self.cleaned_data


class ChoiceForm(RecordForm):
    """A record after a clash: for each differing field, mine or theirs. `theirs`: what is stored, by field."""

    def __init__(self, *args: Any, theirs: Mapping[str, str], **kwargs: Any) -> None:
        self.theirs = theirs
        super().__init__(*args, **kwargs)

    def choice(self, name: str) -> str:
        return str(self.data.get("semua") or self.data.get(f"pilih_{name}") or "")

    def _texts(self) -> dict[str, str]:
        mine = super()._texts()
        return {name: self.theirs[name] if self.choice(name) == THEIRS else text for name, text in mine.items()}

    def undecided(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if self.choice(name) not in (MINE, THEIRS)]


class UndoEditForm(forms.Form):
    alasan = _reason()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "urung_%s", **kwargs})
        mark(self)


class NewRtForm(forms.Form):
    """A new RT: its kelurahan, its name in any usual form, and a kawasan if it lies in one."""

    kelurahan = forms.ChoiceField(label=gettext_lazy("Kelurahan"))
    rt = forms.CharField(
        label=gettext_lazy("RT dan RW"),
        max_length=40,
        help_text=gettext_lazy("Misalnya RT 1/RW 2 atau 001/002; disimpan sebagai RT001-RW002."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Tulis nomor RT dan RW-nya.")},
    )
    kawasan = forms.CharField(
        label=gettext_lazy("Kawasan (bila ada)"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Pilih dari daftar, atau tulis nama kawasan baru."),
        widget=forms.TextInput(attrs={"list": "kawasan-dikenal", "autocomplete": "off"}),
    )

    def __init__(self, choices: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["kelurahan"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = choices if len(choices) == 1 else [("", _("Pilih kelurahan")), *choices]
        choice.error_messages["required"] = _("Pilih kelurahannya.")
        mark(self)


class FigureForm(forms.Form):
    """The size of a kelurahan by one source. A row left blank is not there."""

    sumber = forms.CharField(label=gettext_lazy("Sumber"), max_length=200, required=False)
    tahun = forms.CharField(
        label=gettext_lazy("Tahun"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 4}),
    )
    km2 = forms.CharField(
        label=gettext_lazy("Luas (km²)"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mark(self)

    def clean_tahun(self) -> int | None:
        text = self.cleaned_data["tahun"]
        if not text:
            return None
        last = timezone.localdate().year + 1
        if not (text.isascii() and text.isdigit() and FIRST_YEAR <= int(text) <= last):
            raise forms.ValidationError(
                _("Tahun harus antara %(first)d dan %(last)d.") % {"first": FIRST_YEAR, "last": last}
            )
        return int(text)

    def clean_km2(self) -> Any:
        """The same number reader as everywhere; at most four decimals."""
        number = read_number(self.cleaned_data["km2"])
        if number.state == State.EMPTY:
            return None
        km2 = number.value
        if number.state != State.FILLED or km2 is None or not 0 < km2 < 1_000_000:
            raise forms.ValidationError(_("Tulis luasnya dalam km², misalnya 4,68; lebih dari 0."))
        if km2 != round(km2, 4):
            raise forms.ValidationError(_("Paling banyak empat desimal."))
        return km2

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("km2") is not None and not given.get("sumber"):
            self.add_error("sumber", _("Tulis sumbernya: setiap luas resmi punya sumber."))
        if given.get("sumber") and given.get("km2") is None and "km2" not in self.errors:
            self.add_error("km2", _("Tulis luasnya, atau kosongkan seluruh baris untuk menghapusnya."))
        return given

    @property
    def figure(self) -> AreaFigure | None:
        given = self.cleaned_data
        if given.get("km2") is None:
            return None
        return AreaFigure(given["sumber"], given["tahun"], given["km2"])


class PlaceForm(forms.Form):
    """The other names of a kelurahan, one a line; its official areas stand in `FigureForm` rows beside it."""

    alias = forms.CharField(
        label=gettext_lazy("Nama lain"),
        required=False,
        max_length=4000,
        help_text=gettext_lazy("Satu nama per baris. Dipakai untuk mengenali kelurahan ini dalam berkas unggahan."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    segel = forms.CharField(widget=forms.HiddenInput)
    alasan = _reason()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mark(self)

    def clean_alias(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["alias"].splitlines() if line.strip()]


class IndicatorForm(forms.Form):
    """Name, unit and other names of a supporting indicator."""

    nama = forms.CharField(label=gettext_lazy("Nama"), max_length=200)
    satuan = forms.CharField(
        label=gettext_lazy("Satuan"),
        max_length=40,
        help_text=gettext_lazy("Hanya katanya yang diganti; angka yang tersimpan tidak dihitung ulang."),
    )
    alias = forms.CharField(
        label=gettext_lazy("Nama lain"),
        required=False,
        max_length=4000,
        help_text=gettext_lazy("Satu nama per baris. Dipakai untuk mengenali kolomnya dalam berkas unggahan."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    segel = forms.CharField(widget=forms.HiddenInput)
    alasan = _reason()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mark(self)

    def clean_alias(self) -> list[str]:
        names = [line.strip() for line in self.cleaned_data["alias"].splitlines() if line.strip()]
        if any(len(name) > 200 for name in names):
            raise forms.ValidationError(_("Paling panjang 200 huruf untuk satu nama."))
        return names


class FigureSet(forms.BaseFormSet):  # type: ignore[type-arg]
    @property
    def figures(self) -> list[AreaFigure]:
        return [form.figure for form in self.forms if form.figure is not None]


def figure_rows(data: Any = None, stored: Iterable[AreaFigure] = ()) -> FigureSet:
    """One row for each stored figure, and two blank ones."""
    initial = [
        {"sumber": f.sumber, "tahun": "" if f.tahun is None else str(f.tahun), "km2": format_number(f.km2)}
        for f in stored
    ]
    made = forms.formset_factory(FigureForm, formset=FigureSet, extra=2, max_num=40, absolute_max=60)
    return made(data, initial=initial, prefix="luas")  # type: ignore[return-value]
