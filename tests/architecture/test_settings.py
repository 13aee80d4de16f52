"""docs/operate.md explains every setting and no other, with the default that the code has."""

import re

from server.kernel.settings import Settings
from tests.architecture import source

TOLD = re.compile(r"^\| `(ITHACA_\w+)` \| (?:`(.*?)`|(-)) \|", re.MULTILINE)


def test_every_setting_is_explained_with_its_default() -> None:
    told = {name: default for name, default, _ in TOLD.findall(source.text("docs/operate.md"))}
    held = {f"ITHACA_{name.upper()}": _shown(field.default) for name, field in Settings.model_fields.items()}
    assert told == held


def test_nothing_else_reads_the_environment() -> None:
    readers = [
        name for name in source.modules()
        if name != "server/kernel/settings.py" and re.search(r"os\.(environ|getenv)", source.text(name))
    ]
    assert not readers, "\n".join(readers)


def _shown(default: object) -> str:
    if isinstance(default, bool):
        return "1" if default else "0"
    return str(default)
