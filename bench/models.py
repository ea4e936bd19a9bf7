"""What the peer imports into: the columns and the key of an assessment, without history, places and summaries."""

from django.db import models

from bench.sheets import VALUES


class PeerRecord(models.Model):
    """One row of the sheet. Like the product's records: six decimals, NULL where empty, unique by place and year."""

    kode = models.CharField(max_length=13)
    rt = models.CharField(max_length=30)
    tahun = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "bench_peer"
        constraints = [models.UniqueConstraint(fields=["kode", "rt", "tahun"], name="bench_peer_key")]

    def __str__(self) -> str:
        return f"{self.kode} {self.rt} {self.tahun}"


for _name in VALUES:
    PeerRecord.add_to_class(f"v_{_name}", models.DecimalField(max_digits=16, decimal_places=6, null=True))
