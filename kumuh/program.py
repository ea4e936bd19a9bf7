"""`python -m kumuh.program DATA_DIR PROGRAM …`: become a program that holds the services and dies with its parent.

The lock travels through exec in an inherited descriptor, so it lives exactly as long as the program, however it ends.
"""

import os
import signal
import sys
from pathlib import Path

from kumuh import services
from kumuh.keeper import die_with_parent


def main(data_dir: Path, command: list[str]) -> None:
    parent = os.getppid()
    die_with_parent(signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit("the parent has gone")
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        os.set_inheritable(services.hold(data_dir), True)
    os.execvp(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
