"""The product, used from outside: its own commands in processes of their own, on a data folder of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kumuh import env, services

_STATE = """
import json
from kelurahan.models import Area, Assessment, Change, Level, Summary
skip = {"id", "dihitung"}
names = sorted(f.attname for f in Summary._meta.concrete_fields if f.attname not in skip)
rows = sorted(Summary.objects.values_list("area__kode", "tahun", "aturan", *names), key=lambda r: r[:3])
print(json.dumps({
    "catatan": Assessment.objects.count(),
    "perubahan": Change.objects.count(),
    "tempat": {level: Area.objects.filter(level=level).count() for level in Level.values},
    "ringkasan": [list(map(str, row)) for row in rows],
}))
"""


class Refused(AssertionError):
    """A command ended with another exit status than expected."""


class Product:
    """Runs `manage.py` with settings by environment only. `seconds` keeps how long each step took."""

    def __init__(self, data_dir: Path, city_file: Path, port: int = 8765) -> None:
        kept = {k: v for k, v in os.environ.items() if k not in env.DEFAULTS and not k.startswith("KUMUH_TEST")}
        kept.pop("DJANGO_SETTINGS_MODULE", None)
        own = {"DATA_DIR": str(data_dir), "CITY_FILE": str(city_file), "PORT": str(port), "EXAMPLE_DATA": "off"}
        self.environment = kept | own
        self.seconds: dict[str, float] = {}

    def run(self, step: str, command: str, *words: str, status: int = 0) -> str:
        """What the command prints on standard output."""
        begin = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "manage.py", command, *words],
            cwd=env.ROOT, env=self.environment, capture_output=True, text=True, timeout=180,
        )  # fmt: skip
        self.seconds[step] = self.seconds.get(step, 0.0) + time.perf_counter() - begin
        if done.returncode != status:
            said = f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
            raise Refused(f"{command} {' '.join(words)} → {done.returncode}\n{said}")
        return done.stdout

    def json(self, step: str, command: str, *words: str) -> Any:
        """Its one JSON document."""
        return json.loads(self.run(step, command, *words, "--json"))

    def state(self) -> dict[str, Any]:
        """Numbers of stored rows, and every summary in full."""
        return json.loads(self.run("(looking into the database)", "shell", "--no-imports", "-c", _STATE))


@contextmanager
def throwaway(prefix: str = "kumuh-uji-kota-") -> Iterator[Path]:
    """A data folder whose services run as long as we need them; nothing of it is left."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    data_dir = folder / "data"
    data_dir.mkdir(mode=0o700)
    services.hold(data_dir)
    try:
        yield folder
    finally:
        services.release(data_dir)
        services.wait_until_stopped(data_dir)
        shutil.rmtree(folder, ignore_errors=True)
