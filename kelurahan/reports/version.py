"""The version of the data that pages show: caches, ETags and the footer hang on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kelurahan.models import Area, Assessment, DataVersion


@dataclass(frozen=True, slots=True)
class Version:
    nomor: int
    pada: datetime | None

    @property
    def potret(self) -> str:
        """The name of this snapshot, as printed at the foot of a page: "K-2026-0117"."""
        return f"K-{self.pada:%Y}-{self.nomor:04d}" if self.pada else ""


_example: dict[str, tuple[Version, bool]] = {}


def current() -> Version:
    row = DataVersion.objects.values_list("nomor", "pada").order_by("pk").first()
    return Version(*row) if row else Version(0, None)


def has_example(version: Version) -> bool:
    """Whether any example data is loaded; looked up once per version and process, so a page asks nothing."""
    kept = _example.get("contoh")
    if kept and kept[0] == version and version.nomor:
        return kept[1]
    found = Area.objects.filter(contoh=True).exists() or Assessment.objects.filter(contoh=True).exists()
    _example["contoh"] = (version, found)
    return found
