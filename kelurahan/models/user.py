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


class User(AbstractUser):
    """A person who logs in. Someone who does not is `publik`, the seventh role."""

    peran = models.CharField(_("peran"), max_length=10, choices=Role.choices, default=Role.PEJABAT)
    wilayah = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="users")

    def __str__(self) -> str:
        return self.get_full_name() or self.username
