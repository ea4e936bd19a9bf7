"""PostgreSQL and Valkey for a laptop: started when somebody needs them, stopped when nobody does.

Whoever needs them calls `hold()`. It takes a shared lock on DATA_DIR/users.lock for as long as the process
lives and, if the servers do not answer, starts one detached keeper. The keeper runs both servers and waits
for the exclusive lock: the kernel grants it when the last user has gone, however it went. The servers
inherit a lock of their own (servers.lock), so a second pair can never run on the same data.

No TCP anywhere: both listen in a folder only its owner can enter.
"""

import hashlib
import os
import tempfile
from pathlib import Path

DATABASE = "kumuh"
ROLE = "kumuh"


def socket_folder(data_dir: Path) -> Path:
    """Where the servers of this DATA_DIR listen: short (a socket path has at most 107 bytes), same for all users."""
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:10]
    return Path(tempfile.gettempdir()) / f"kumuh-{os.getuid()}-{digest}"


def redis_addresses(data_dir: Path, url: str) -> tuple[str, str]:
    """(Celery's broker, Django's cache); two database numbers, so that clearing the cache never loses a job."""
    if not url:
        socket = socket_folder(data_dir) / "valkey.sock"
        return f"redis+socket://{socket}?virtual_host=0", f"unix://{socket}?db=1"
    base, _, number = url.rpartition("/")
    if not number.isdecimal():
        base, number = url.rstrip("/"), "0"
    return f"{base}/{number}", f"{base}/{int(number) + 1}"


def hold(data_dir: Path) -> None:
    raise NotImplementedError
