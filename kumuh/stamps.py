"""What `make run` has prepared already: each step leaves a stamp and is skipped while it holds."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from kumuh.env import ROOT


def digest(files: Iterable[Path], more: Iterable[str] = ()) -> str:
    """SHA-256 over names and contents."""
    found = hashlib.sha256("\n".join(more).encode())
    for path in sorted(path for path in files if path.is_file()):
        found.update(str(path).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def static_files() -> str:
    """Our own files and the versions of the packages that bring some."""
    return digest([ROOT / "requirements.txt", ROOT / "package-lock.json", *(ROOT / "static").rglob("*")])


def migrations(data_dir: Path) -> str:
    """Our own migrations, those of the installed packages by version, and the database they were applied to."""
    files = [ROOT / "requirements.txt", *ROOT.glob("*/migrations/*.py")]
    return digest(files, [database(data_dir)])


def everything(data_dir: Path) -> str:
    return digest((ROOT / "locale").rglob("*.po"), [static_files(), migrations(data_dir)])


def database(data_dir: Path) -> str:
    """Changes when somebody replaces or removes the laptop's database; empty while there is none."""
    path = data_dir / "postgres" / "PG_VERSION"
    return f"{path.stat().st_ino} {path.stat().st_mtime_ns}" if path.exists() else ""


def holds(data_dir: Path, name: str, now: str) -> bool:
    path = data_dir / "stamps" / name
    return path.exists() and path.read_text() == now


def leave(data_dir: Path, name: str, now: str) -> None:
    folder = data_dir / "stamps"
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / name).write_text(now)


def all_done(data_dir: Path) -> bool:
    """Whether this checkout and this data folder are ready to run as they are."""
    compiled = all(path.with_suffix(".mo").exists() for path in (ROOT / "locale").rglob("*.po"))
    return compiled and (data_dir / "static").exists() and holds(data_dir, "all", everything(data_dir))
