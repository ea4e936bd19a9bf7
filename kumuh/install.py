"""`python kumuh/install.py [--dev]`: the virtual environment with what requirements say. Standard library only.

Skipped when the stamp in it says that nothing changed.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".venv"
PYTHON = HOME / "bin" / "python"


def wanted(dev: bool) -> str:
    """What the environment should be: Python's version, its own place (scripts carry it) and the pinned packages."""
    names = ["requirements.txt", *(["requirements-dev.txt"] if dev else [])]
    parts = [sys.version, str(HOME), *((ROOT / name).read_text(encoding="utf-8") for name in names)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def stamp(dev: bool) -> Path:
    return HOME / ("stamp-dev" if dev else "stamp")


def fresh(dev: bool) -> bool:
    """The tools' environment holds the run-time packages too."""
    return any(
        PYTHON.exists() and stamp(kind).exists() and stamp(kind).read_text() == wanted(kind) for kind in {dev, True}
    )


def make_environment() -> None:
    if PYTHON.exists() and subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode == 0:
        return
    command = [sys.executable, "-m", "venv", "--clear", str(HOME)]
    if subprocess.run(command).returncode == 0:
        return
    # Debian and Ubuntu keep venv in a package of its own
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if os.getuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-q"])
        if (
            subprocess.run(["apt-get", "install", "-qy", package]).returncode == 0
            and subprocess.run(command).returncode == 0
        ):
            return
    sys.exit(
        f"Lingkungan Python tidak bisa dibuat. Pasang dulu paket {package} (sudo apt install {package}).\n"
        f"The Python environment could not be made. Install the package {package} first (sudo apt install {package})."
    )


def main(dev: bool) -> None:
    if fresh(dev):
        return
    make_environment()
    for kind in (False, True):
        stamp(kind).unlink(missing_ok=True)
    names = "requirements-dev.txt" if dev else "requirements.txt"
    sys.stderr.write(f"Memasang paket dari {names} (sekali saja) / installing packages (once)\n")
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", names]
    if subprocess.run(pip, cwd=ROOT).returncode != 0:
        sys.exit(
            "Paket tidak bisa dipasang; sebabnya ada di atas (perlu internet sekali).\n"
            "The packages could not be installed; the reason is above (the internet is needed once)."
        )
    stamp(dev).write_text(wanted(dev))


if __name__ == "__main__":
    main("--dev" in sys.argv[1:])
