"""The laptop's secret key: random, made once, readable by its owner only."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def kept_secret(data_dir: Path) -> str:
    """Key in DATA_DIR/secret_key (mode 0600); two programs that start together get the same one."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data_dir / "secret_key"
    if not path.exists():
        draft = data_dir / f"secret_key.{os.getpid()}"
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(50))
        # A link never replaces: the first one wins, and it is complete when it appears
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text(encoding="ascii").strip()
