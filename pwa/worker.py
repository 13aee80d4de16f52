"""The worker's script: its source, after one line that names this edition and what it keeps."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

SOURCE = Path(__file__).parent / "worker.js"


@dataclass(frozen=True, slots=True)
class Shell:
    """What a browser keeps for when there is no network: one page, and files whose names hold their hash.

    `edition` changes with the page's words and looks, so that a changed page becomes another worker.
    """

    page: str
    files: Sequence[str]
    edition: str


def script(shell: Shell) -> str:
    """The worker for `shell`. Any change of source or shell makes another edition, which browsers then fetch."""
    source = SOURCE.read_text(encoding="utf-8")
    files = list(shell.files)
    edition = sha256("\n".join((source, shell.page, shell.edition, *files)).encode()).hexdigest()[:12]
    return f"const SHELL = {json.dumps({'edition': edition, 'page': shell.page, 'files': files})};\n{source}"
