"""Places: one tree of kota, kecamatan, kelurahan, kawasan and RT, with codes, aliases and official areas."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

__all__ = ["Area", "Boundary", "Level", "MapDrawing", "OfficialArea"]


class Level(models.TextChoices):
    KOTA = "kota", _("Kota")
    KECAMATAN = "kecamatan", _("Kecamatan")
    KELURAHAN = "kelurahan", _("Kelurahan")
    KAWASAN = "kawasan", _("Kawasan")
    RT = "rt", _("RT")


class AreaQuerySet(models.QuerySet["Area"]):
    def kelurahan(self) -> AreaQuerySet:
        return self.filter(level=Level.KELURAHAN)

    def within(self, area: Area) -> AreaQuerySet:
        """The area itself and everything below it."""
        return self.filter(path__startswith=area.path)

    def assessed_levels(self) -> AreaQuerySet:
        return self.filter(level__in=[Level.KELURAHAN, Level.KAWASAN, Level.RT])

    def count_by(self, level: Level, column: str) -> dict[int, int]:
        """How many places of a level there are by the place that `column` ("parent", "kawasan") names."""
        counts = self.filter(level=level).order_by().values_list(column).annotate(models.Count("pk"))
        return {pk: n for pk, n in counts if pk is not None}


class Area(models.Model):
    """A place. `kode` is the Kemendagri code; a kawasan or RT has its kelurahan's code, a slash and its own name.

    `path` is the chain of codes from the city down, each closed by "|": the area scope of a user is a prefix of it.
    """

    # Codes are compared byte by byte, so that one index serves equality and prefixes; `unique=True` would make two
    kode = models.CharField(max_length=120, db_collation="C")
    kode_bps = models.CharField(max_length=16, null=True, blank=True, db_collation="C")  # noqa: DJ001 - NULL is unique
    nama = models.CharField(max_length=120)
    level = models.CharField(max_length=12, choices=Level.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", db_index=False)
    kawasan = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="rt_kawasan", db_index=False
    )
    alias = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    path = models.CharField(max_length=400, db_collation="C")
    contoh = models.BooleanField(default=False, help_text="made up by the example data; removed with it")

    objects = AreaQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        indexes = [
            models.Index(fields=["parent", "level"], name="area_parent_level"),
            models.Index(fields=["kawasan"], condition=models.Q(kawasan__isnull=False), name="area_kawasan"),
            # The few places above the tens of thousands of RT
            models.Index(fields=["level"], condition=~models.Q(level="rt"), name="area_level"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["kode"], name="area_kode_once"),
            models.UniqueConstraint(
                fields=["kode_bps"], condition=models.Q(kode_bps__isnull=False), name="area_kode_bps_once"
            ),
            models.UniqueConstraint(fields=["path"], name="area_path_once"),
            models.CheckConstraint(
                condition=models.Q(level=Level.KOTA, parent__isnull=True) | ~models.Q(level=Level.KOTA),
                name="area_kota_is_root",
            ),
        ]

    def __str__(self) -> str:
        return self.nama

    def get_absolute_url(self) -> str:
        return reverse("kelurahan:profile", args=[self.kode])


class OfficialArea(models.Model):
    """The size of a place according to one source. Series differ; none is ever computed from a polygon of ours."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="luas_resmi")
    sumber = models.CharField(max_length=200)
    tahun = models.PositiveSmallIntegerField(null=True, blank=True)
    km2 = models.DecimalField(max_digits=12, decimal_places=4)

    class Meta:
        ordering = ["area", "sumber"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "sumber", "tahun"], nulls_distinct=False, name="official_area_once"
            ),
            models.CheckConstraint(condition=models.Q(km2__gt=0, km2__lt=1_000_000), name="official_area_range"),
        ]

    def __str__(self) -> str:
        return f"{self.area_id} {self.km2} km² ({self.sumber})"


class Boundary(models.Model):
    """The polygon of a place as GeoJSON geometry (WGS 84, longitude first)."""

    area = models.OneToOneField(Area, models.CASCADE, related_name="boundary")
    geometry = models.JSONField()
    indikatif = models.BooleanField(default=True)
    sumber = models.CharField(max_length=300)

    def __str__(self) -> str:
        return f"{self.area_id} ({self.sumber})"


class MapDrawing(models.Model):
    """The map as it is drawn, made once whenever the boundaries change; `sidik` (hash) names it in addresses."""

    kota = models.OneToOneField(Area, models.CASCADE, related_name="drawing")
    outline = models.JSONField(null=True, blank=True, help_text="city line, list of [lon, lat]")
    drawing = models.JSONField()
    indikatif = models.BooleanField(default=True)
    sumber = models.CharField(max_length=300)
    sidik = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.sidik
