"""One command of `ithaca` in a process that loads nothing else, so that the memory measured is the command's own.

    python -m benchmarks.one_command COMMAND ...
"""

import io
import json
import sys
from contextlib import redirect_stdout
from pathlib import Path
from time import process_time

from server import cli


def main() -> int:
    """Run it and print seconds of processor, most memory held, and its own words as JSON."""
    said = io.StringIO()
    with redirect_stdout(said):
        status = cli.main(sys.argv[1:])
    held = Path("/proc/self/status").read_text("utf-8").partition("VmHWM:")[2]
    told = {"cpu": process_time(), "peak_mb": int(held.split()[0]) / 1024, "said": " ".join(said.getvalue().split())}
    print(json.dumps(told))
    return status


if __name__ == "__main__":
    sys.exit(main())
