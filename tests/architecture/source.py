"""The project's own source, read once: files that git knows or would take, and their syntax trees."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("server", "graphql_schema", "web", "pwa")
GENERATED = ("server/migrations/",)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tracked() -> tuple[str, ...]:
    """Every file of the project, relative to its root; without git, every file that is not ignored by habit."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )
    names = listed.stdout.splitlines() if listed.returncode == 0 else _walked()
    return tuple(sorted(name for name in names if (ROOT / name).is_file()))


def files(*suffixes: str, under: tuple[str, ...] = PRODUCT) -> list[str]:
    """The product's files with these endings."""
    folders = tuple(f"{folder}/" for folder in under)
    return [name for name in tracked() if name.endswith(suffixes) and name.startswith(folders)]


def modules(*under: str) -> list[str]:
    """The product's Python modules, written by people."""
    return [name for name in files(".py", under=under or PRODUCT) if not name.startswith(GENERATED)]


def text(name: str) -> str:
    """What a file says."""
    return (ROOT / name).read_text(encoding="utf-8")


def lines(name: str) -> int:
    """How long a file is."""
    return len(text(name).splitlines())


@cache
def tree(name: str) -> ast.Module:
    """A module's syntax tree."""
    return ast.parse(text(name), name)


def functions(name: str) -> Iterator[Function]:
    """Every function of a module, at any depth."""
    for node in ast.walk(tree(name)):
        if isinstance(node, Function):
            yield node


def imported(name: str) -> dict[str, str]:
    """The names that a module takes from others, and where each comes from: {"now": "server.kernel.clock.now"}."""
    found: dict[str, str] = {}
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.update({one.asname or one.name: f"{node.module}.{one.name}" for one in node.names})
        elif isinstance(node, ast.Import):
            found.update({one.asname or one.name: one.name for one in node.names})
    return found


def _walked() -> list[str]:
    skipped = {".git", ".venv", "var", "__pycache__", "node_modules", "reports", "build", "dist"}
    paths = (path for path in ROOT.rglob("*") if not skipped & set(path.relative_to(ROOT).parts))
    return [str(path.relative_to(ROOT)) for path in paths]
