"""What an admin fills in about a person, and what a person fills in for a new password."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import auth
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    UserAttributeSimilarityValidator,
    get_default_password_validators,
)
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables

from kelurahan.actions.users import LEVEL_OF_ROLE, area_problem, clean_username, last_event
from kelurahan.forms import mark
from kelurahan.intake.refusal import Refused
from kelurahan.models import Area, Level, Role, User


class AreaSelect(forms.Select):
    """A choice of places that tells the page's script the level of each."""

    levels: dict[str, str] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if level := self.levels.get(str(value)):
            option["attrs"]["data-level"] = level
        return option


class PersonForm(forms.Form):
    """Name, address, role and area of a person. `user` is the person being corrected, None for a new one."""

    username = forms.CharField(
        label=gettext_lazy("Nama pengguna"),
        max_length=40,
        help_text=gettext_lazy("Huruf kecil, angka, titik, garis bawah, atau tanda hubung. Tidak dapat diubah nanti."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Tulis nama untuk masuk, misalnya maria.tefa.")},
    )
    nama = forms.CharField(
        label=gettext_lazy("Nama lengkap"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Tulis nama orangnya: tampil di riwayat dan di kepala halaman.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("Surel"),
        required=False,
        max_length=254,
        help_text=gettext_lazy("Boleh kosong; sistem ini tidak mengirim surel."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    peran = forms.ChoiceField(label=gettext_lazy("Peran"), choices=Role.choices, initial=Role.OPERATOR)
    wilayah = forms.ChoiceField(
        label=gettext_lazy("Wilayah"),
        required=False,
        help_text=gettext_lazy(
            "Operator: satu kelurahan. Camat: satu kecamatan. Peran lain bekerja untuk seluruh kota."
        ),
        widget=AreaSelect,
    )
    terakhir = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User | None = None, by: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.areas = {a.kode: a for a in Area.objects.filter(level__in=LEVEL_OF_ROLE.values()).select_related("parent")}
        field = self.fields["wilayah"]
        field.choices = _area_choices(list(self.areas.values()))  # type: ignore[attr-defined]
        field.widget.levels = {kode: area.level for kode, area in self.areas.items()}  # type: ignore[attr-defined]
        self.fields["peran"].widget.attrs["data-levels"] = json.dumps(LEVEL_OF_ROLE)
        if user is not None:
            self._fill(user)
        if user is not None and user == by:
            self.fields["peran"].disabled = self.fields["wilayah"].disabled = True
            self.fields["peran"].help_text = _("Peran Anda sendiri hanya dapat diubah admin lain.")
        mark(self)

    def _fill(self, user: User) -> None:
        del self.fields["username"]
        self.initial = {
            "nama": user.get_full_name(),
            "email": user.email,
            "peran": user.peran,
            "wilayah": user.wilayah.kode if user.wilayah else "",
            "terakhir": last_event(user),
        }

    def clean_username(self) -> str:
        try:
            return clean_username(self.cleaned_data["username"])
        except Refused as refused:
            raise forms.ValidationError(refused.words(_)) from refused

    def clean_nama(self) -> str:
        return " ".join(self.cleaned_data["nama"].split())

    def clean(self) -> dict[str, Any]:
        """A place left over from another role is dropped: the hint says that other roles have none."""
        cleaned = self.cleaned_data
        role = cleaned.get("peran", "")
        area = self.areas.get(cleaned.get("wilayah") or "") if role in LEVEL_OF_ROLE else None
        problem = area_problem(role, area) if role and "wilayah" in cleaned else ""
        if problem:
            self.add_error("wilayah", Refused(problem).words(_))
        return {**cleaned, "area": area}

    def told(self) -> dict[str, Any]:
        """What the actions take."""
        cleaned = self.cleaned_data
        return {name: cleaned[key] for name, key in (("name", "nama"), ("email", "email"), ("role", "peran"))} | {
            "area": cleaned["area"]
        }


def _area_choices(areas: list[Area]) -> list[tuple[str, Any]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for area in areas:
        head = area.parent.nama if area.level == Level.KELURAHAN and area.parent else ""
        groups.setdefault(head, []).append((area.kode, area.nama))
    kecamatan = groups.pop("", [])
    named = [(_("Kelurahan di Kecamatan %s") % head, members) for head, members in groups.items()]
    return [("", "–"), (_("Kecamatan"), kecamatan), *named]


def password_rules() -> list[str]:
    """What is asked of a password, in our words where we have some."""
    words = {
        MinimumLengthValidator: lambda v: _("Paling sedikit %(n)d karakter.") % {"n": v.min_length},
        CommonPasswordValidator: lambda v: _("Bukan kata sandi yang banyak dipakai orang, seperti password123."),
        UserAttributeSimilarityValidator: lambda v: _("Tidak mirip nama, nama pengguna, atau surel Anda."),
    }
    validators = get_default_password_validators()
    return [words[type(v)](v) if type(v) in words else v.get_help_text() for v in validators]


class NewPasswordForm(SetPasswordForm):
    """A new password, twice; the page says the rules beforehand."""

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.rules = password_rules()
        self.fields["new_password1"].label = _("Kata sandi baru")
        self.fields["new_password2"].label = _("Ulangi kata sandi baru")
        self.fields["new_password2"].help_text = ""
        for name, field in self.fields.items():
            field.error_messages["required"] = (
                _("Tulis kata sandi Anda yang sekarang.") if name == "old_password" else _("Tulis kata sandi barunya.")
            )
        mark(self)

    def validate_password_for_user(self, user: User, password_field_name: str = "") -> None:
        """What is wrong with a password stands under it, not under its repetition."""
        super().validate_password_for_user(user, "new_password1")


class OwnPasswordForm(NewPasswordForm, PasswordChangeForm):
    """The same for a person who is logged in, and who shows by the present password to be that person."""

    field_order = ["old_password", "new_password1", "new_password2"]

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        assert isinstance(request.user, User)
        self.request = request
        super().__init__(request.user, *args, **kwargs)
        self.fields["old_password"].label = _("Kata sandi sekarang")

    @sensitive_variables("password")
    def clean_old_password(self) -> str:
        """Checked like a log-in, so that guessing at somebody's open screen is counted and stopped too."""
        password: str = self.cleaned_data["old_password"]
        if auth.authenticate(self.request, username=self.user.get_username(), password=password) != self.user:
            raise forms.ValidationError(_("Kata sandi sekarang tidak cocok. Periksa huruf besar dan kecilnya."))
        return password
