"""What the tests need beside Python: a Chromium. Run before them (`make test`); it installs one where it may.

Order: the one on the PATH, the one that Playwright fetched, Debian's package where we are root, Playwright's download.
PostgreSQL is tests/postgres.py's affair: an address in TEST_DB, the machine's binaries, or the wheel in the lock.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HINT = (
    "Tests need Chromium and none could be installed. Install your system's 'chromium' package, "
    "or run '.venv/bin/playwright install --with-deps chromium' where the network allows it."
)


def chromium() -> str | None:
    """The path of a Chromium that tests may start; None when there is none."""
    on_path = (shutil.which(name) for name in NAMES)
    fetched = sorted(_playwright_folder().glob("chromium-*/chrome-linux*/chrome"), reverse=True)
    return next((path for path in (*on_path, *map(str, fetched)) if path), None)


def main() -> int:
    """Find or install one. Returns a process exit code."""
    for install in (None, _from_debian, _from_playwright):
        if install:
            install()
        if found := chromium():
            print(f"Chromium: {found}")
            return 0
    print(HINT, file=sys.stderr)
    return 1


def _playwright_folder() -> Path:
    given = os.environ.get("PLAYWRIGHT_BROWSERS_PATH", "")
    return Path(given) if given else Path.home() / ".cache" / "ms-playwright"


def _from_debian() -> None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    for words in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        _run(["apt-get", "-qq", *words], DEBIAN_FRONTEND="noninteractive")


def _from_playwright() -> None:
    _run([sys.executable, "-m", "playwright", "install", "chromium"])


def _run(command: list[str], **environ: str) -> None:
    print(f"Trying: {' '.join(command)}")
    subprocess.run(command, env={**os.environ, **environ}, check=False, stdout=subprocess.DEVNULL, timeout=600)


if __name__ == "__main__":
    sys.exit(main())
