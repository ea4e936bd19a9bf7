"""Undo a whole upload: every record goes back to what it was before."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from kelurahan.actions import undoing
from kelurahan.actions.uploads import WrongState
from kelurahan.management.base import REFUSED, ReportingCommand, wrong_use
from kelurahan.models import ChangeSet, Upload
from kelurahan.tasks import run_now


class Command(ReportingCommand):
    help = __doc__
    takes_apply = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("upload", type=int, metavar="ID")
        parser.add_argument("--reason", required=True, help="kept in the history")
        parser.add_argument("--apply", action="store_true", help="accepted, not needed: this command always writes")
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        upload = Upload.objects.filter(pk=options["upload"]).first()
        if upload is None:
            raise wrong_use(_("Unggahan %s tidak ada.") % options["upload"])
        document: dict[str, Any] = {"upload": upload.pk, "undone": False, "records": 0, "later_edits": []}
        try:
            job = undoing.request_undo(upload=upload, by=None, reason=options["reason"])
        except WrongState:
            document["state"] = upload.state
            lines = [_("Unggahan ini tidak dapat diurungkan: %s.") % upload.get_state_display()]
            self.answer(options, document, lines, REFUSED)
            return
        except undoing.LaterEdits as edits:
            document["later_edits"] = [{"kode": k, "year": y, "by": who} for k, y, who in edits.records]
            rows = (f"{kode} {year} {who}" for kode, year, who in edits.records)
            lines = [_("Tidak diurungkan: ada perubahan sesudahnya."), *rows]
            self.answer(options, document, lines, REFUSED)
            return
        run_now(job)
        undo = ChangeSet.objects.filter(upload_id=upload.pk, urungkan_id__isnull=False).first()
        document |= {"undone": undo is not None, "records": undo.jumlah if undo else 0}
        self.answer(options, document, [_("%s catatan dikembalikan.") % document["records"]], 0 if undo else REFUSED)
