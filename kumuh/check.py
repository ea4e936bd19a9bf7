"""`make check`: everything a machine can say about the code. All checks run; the last line names those that failed."""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kumuh.env import VARIABLES

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
DJANGO = [PYTHON, "-W", "error::DeprecationWarning:kumuh", "manage.py"]
IMPORTS = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"


def checks() -> dict[str, list[str]]:
    templates = sorted(str(path) for path in (ROOT / "templates").rglob("*.html"))
    found = {
        "style": [PYTHON, "-m", "ruff", "check", "."],
        "format": [PYTHON, "-m", "ruff", "format", "--check", "."],
        "types": [PYTHON, "-m", "mypy"],
        "imports": [PYTHON, "-c", IMPORTS],
        "migrations": [*DJANGO, "makemigrations", "--check", "--dry-run"],
        "translations": [*DJANGO, "check_translations"],
        "settings": [*DJANGO, "check", "--deploy", "--fail-level", "WARNING"],
    }
    if templates:
        found["templates"] = [str(Path(PYTHON).parent / "djade"), "--check", "--target-version", "5.2", *templates]
    return found


def environment(data_dir: str, production: bool) -> dict[str, str]:
    """Nothing of the caller's configuration; in production mode a throwaway one."""
    kept = {name: value for name, value in os.environ.items() if name not in {item.name for item in VARIABLES}}
    kept["DATA_DIR"] = data_dir
    if production:
        kept |= {
            "MODE": "production",
            "DATABASE_URL": "postgresql://kumuh@localhost/kumuh",
            "REDIS_URL": "redis://localhost/0",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "ALLOWED_HOSTS": "kumuh.example.go.id",
        }
    return kept


def main() -> int:
    failed = []
    with tempfile.TemporaryDirectory(prefix="kumuh-check-", ignore_cleanup_errors=True) as data_dir:
        for name, command in checks().items():
            start = time.monotonic()
            done = subprocess.run(
                command, cwd=ROOT, env=environment(data_dir, name == "settings"), stdin=subprocess.DEVNULL
            )
            if done.returncode:
                failed.append(name)
            verdict = "FAILED" if done.returncode else "ok"
            sys.stderr.write(f"{name}: {verdict} ({time.monotonic() - start:.1f} s)\n")
    if failed:
        sys.stderr.write(f"check failed: {', '.join(failed)}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
