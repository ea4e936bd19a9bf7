"""`make bench`: all benchmarks one after the other, each in a process of its own. Words choose some of them."""

from __future__ import annotations

import subprocess
import sys

from bench.measuring import machine

PARTS = ("scoring", "imports", "mapdata", "starts")


def main(words: list[str]) -> int:
    if strange := set(words) - set(PARTS):
        print(f"unknown: {', '.join(sorted(strange))}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    print(machine(), flush=True)
    failed = [part for part in words or PARTS if subprocess.run([sys.executable, "-m", f"bench.{part}"]).returncode]
    for part in failed:
        print(f"bench.{part} failed", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
