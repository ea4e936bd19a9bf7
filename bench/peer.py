"""django-import-export set up for the sheet: its default mode, and its bulk mode at its best."""

from __future__ import annotations

from typing import Any

from import_export import fields, resources, widgets
from import_export.instance_loaders import BaseInstanceLoader

from bench.models import PeerRecord
from bench.sheets import VALUES
from kelurahan.intake.columns import PLACE_HEADERS, VALUE_HEADERS

KEY = ("kode", "rt", "tahun")


class DefaultResource(resources.ModelResource):
    """As its documentation shows: key fields, a column for each field, everything else as it comes."""

    kode = fields.Field("kode", PLACE_HEADERS["kode"])
    rt = fields.Field("rt", PLACE_HEADERS["rt"])
    tahun = fields.Field("tahun", PLACE_HEADERS["tahun"], widgets.IntegerWidget())
    for _name in VALUES:
        locals()[f"v_{_name}"] = fields.Field(f"v_{_name}", VALUE_HEADERS[_name], widgets.DecimalWidget())
    del _name

    class Meta:
        model = PeerRecord
        import_id_fields = KEY
        fields = (*KEY, *(f"v_{name}" for name in VALUES))


class OneQueryLoader(BaseInstanceLoader):
    """Its CachedInstanceLoader for a key of several columns: all stored rows by one query."""

    def __init__(self, resource: Any, dataset: Any = None) -> None:
        super().__init__(resource, dataset)
        self.stored = {(row.kode, row.rt, row.tahun): row for row in self.get_queryset()}

    def get_queryset(self) -> Any:
        return self.resource.get_queryset()

    def get_instance(self, row: Any) -> Any:
        return self.stored.get(tuple(self.resource.fields[name].clean(row) for name in KEY))


class BulkResource(DefaultResource):
    class Meta:
        model = PeerRecord
        import_id_fields = KEY
        fields = (*KEY, *(f"v_{name}" for name in VALUES))
        use_bulk = True
        batch_size = 1_000
        skip_diff = True
        instance_loader_class = OneQueryLoader
