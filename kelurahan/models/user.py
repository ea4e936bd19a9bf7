"""People: a role and an area. Rights are decided in `kelurahan.permissions`."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from kelurahan.models.area import Area


class Role(models.TextChoices):
    PEJABAT = "pejabat", _("Pejabat")
    OPERATOR = "operator", _("Operator kelurahan")
    CAMAT = "camat", _("Camat")
    OPD = "opd", _("OPD")
    BAPPEDA = "bappeda", _("Bappeda")
    ADMIN = "admin", _("Admin")


class AccountEvent(models.TextChoices):
    """What may happen to an account, as `Event.jenis` keeps it."""

    DIBUAT = "pengguna_dibuat", _("Akun dibuat")
    DIUBAH = "pengguna_diubah", _("Data akun diubah")
    DIMATIKAN = "pengguna_dimatikan", _("Akun dimatikan")
    DINYALAKAN = "pengguna_dinyalakan", _("Akun dinyalakan lagi")
    TAUTAN = "pengguna_tautan", _("Tautan kata sandi dibuat")
    SANDI = "pengguna_sandi", _("Kata sandi diganti")
    DIBUKA = "pengguna_dibuka", _("Penahanan karena salah kata sandi dibuka")


class User(AbstractUser):
    """A person who logs in. Someone who does not is `publik`, the seventh role."""

    peran = models.CharField(_("peran"), max_length=10, choices=Role.choices, default=Role.PEJABAT)
    wilayah = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="users")

    def __str__(self) -> str:
        return self.get_full_name() or self.username
