"""`make faults`: the real stack, hurt in the middle of everything it does, several times each. Prints a table.

An acknowledged write is one whose HTTP answer said so: an upload received, a wish to apply recorded, a record saved.
It is lost when it is not in the database (or its file not on disk) afterwards and no message says that it failed.
Half-written is a change set whose number of records is not that of its changes; a record that is not what its newest
change says; an upload in a state without an open job that no page leads out of; an upload applied twice or without its
change set. Recovered is when web, database, queue and worker answer and no job is open, in seconds since the blow
(a full disk: since there is room again; a long job: since it goes on).

Takes RUNS (3), ROWS of the sheet (1315) and words that choose faults: `make faults RUNS=1 ARGS="worker apply"`.
The exit status is 1 when anything was lost, half written or not recovered within two minutes.
"""

from __future__ import annotations

import os
import shutil
import sys

import django


def main(words: list[str]) -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from tests.faults.table import make_table, say

    try:
        troubles = make_table(int(os.environ.get("RUNS") or 3), int(os.environ.get("ROWS") or 1315), words)
    finally:
        shutil.rmtree(os.environ["KUMUH_TEST_DATA"], ignore_errors=True)
    for trouble in troubles:
        say(trouble)
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
