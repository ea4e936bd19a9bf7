"""Pages of the cells that an upload would change."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator

from kelurahan.actions import previews
from kelurahan.models import Upload

PER_PAGE = 25


class _Cells:
    """Cells of a preview for the paginator: as many as the preview counted, cut out when a page is shown."""

    def __init__(self, upload: Upload, kind: str) -> None:
        self.upload, self.kind = upload, kind

    def __len__(self) -> int:
        return int(self.upload.pratinjau.get("cells", {}).get("new" if self.kind == "baru" else "changed", 0))

    def __getitem__(self, part: slice) -> list[previews.CellChange]:
        return previews.cell_changes(self.upload, kind=self.kind, start=part.start, stop=part.stop)[0]


def cell_page(found: Upload, kind: str, number: str | None) -> Any:
    """A page of the changed ("berubah") or new ("baru") cells of a preview."""
    return Paginator(_Cells(found, kind), PER_PAGE).get_page(number)  # type: ignore[arg-type]
