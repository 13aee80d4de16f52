"""What a disk holds when the power goes: rebuilt from the system calls that a process made, as strace wrote them down.

The model: bytes that a finished fsync covered are there; of all others each sector of 512 bytes is there or is not, by
chance. It shows whether the product asks for durability before it confirms. It cannot show a disk that lies about
fsync, one that tears a sector, nor what a file system does with names: files count as there once they were made.
"""

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
STRACE = ("strace", "-f", "-y", "-xx", "-s", "1048576", "-e", "signal=none", "-e",
          "trace=pwrite64,write,pwritev,writev,ftruncate,fsync,fdatasync,unlink,sendto,sendmsg", "-o")
CALL = re.compile(r"(?P<who>\d+) +(?P<call>\w+)\((?P<rest>.*)", re.DOTALL)
RESUMED = re.compile(r"(?P<who>\d+) +<\.\.\. \w+ resumed>")
OPENED = re.compile(r"\d+<(?P<path>[^>]*)>(?P<rest>.*)", re.DOTALL)
TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
SYNCS, SENDS = ("fsync", "fdatasync"), ("sendto", "sendmsg", "write", "writev")


@dataclass(frozen=True)
class Call:
    """One thing a process did to a file, or said to a socket. `synced` on a sync: how many calls it stands behind."""

    kind: str
    path: str
    data: bytes = b""
    offset: int = 0
    began: int = 0


@dataclass
class File:
    """A file as the disk surely has it, and what was written since."""

    sure: bytearray = field(default_factory=bytearray)
    open: list[tuple[int, Call]] = field(default_factory=list)

    def sync(self, before: int) -> None:
        """Everything that was written before that call is on the disk."""
        for _, call in (one for one in self.open if one[0] < before):
            _put(self.sure, call, range(0, len(call.data), SECTOR))
        self.open = [one for one in self.open if one[0] >= before]

    def after_power_loss(self, chance: random.Random) -> bytes:
        """One of the contents that the file may have when the power goes now."""
        found, share = bytearray(self.sure), chance.random()
        for _, call in self.open:
            if call.kind == "ftruncate" and chance.random() > share:
                continue
            _put(found, call, [at for at in range(0, len(call.data), SECTOR) if chance.random() < share])
        return bytes(found)


def calls(trace: Path) -> Iterator[Call]:
    """The calls in a trace, in their order. A sync comes when it ended, a write when it began."""
    begun: dict[str, tuple[Call, int]] = {}
    number = -1
    with trace.open(errors="replace") as lines:
        for line in lines:
            if not line.endswith("\n"):
                break       # strace was ended while it wrote: of this call nothing is sure
            if (ended := RESUMED.match(line)) and ended["who"] in begun:
                call, at = begun.pop(ended["who"])
                number += 1
                yield Call(call.kind, call.path, began=at)
            if (call := _call(line)) is None:
                continue
            if call.kind == "sync" and "<unfinished" in line:
                begun[line.split()[0]] = (call, number + 1)
                continue
            number += 1
            yield Call(call.kind, call.path, call.data, call.offset, number)


class Disk:
    """The files of a folder as the calls leave them; `heed_syncs=False` is a disk that keeps nothing for sure."""

    def __init__(self, files: dict[str, bytes], *, heed_syncs: bool = True) -> None:
        self.files = {path: File(bytearray(content)) for path, content in files.items()}
        self.heed_syncs = heed_syncs

    def take(self, number: int, call: Call) -> None:
        """Let a call happen."""
        if call.path not in self.files:
            return
        file = self.files[call.path]
        if call.kind == "sync":
            if self.heed_syncs:
                file.sync(call.began)
        elif call.kind == "unlink":
            self.files[call.path] = File()
        elif call.kind in ("write", "ftruncate"):
            file.open.append((number, call))

    def lose_power(self, folder: Path, chance: random.Random) -> None:
        """Write to `folder` what a machine finds that starts again now."""
        for path, file in self.files.items():
            (folder / Path(path).name).write_bytes(file.after_power_loss(chance))


def _call(line: str) -> Call | None:
    """The call of a line, if it is one of ours: on a file by number, by name, or to a socket."""
    found = CALL.match(line)
    if found is None:
        return None
    if found["call"] == "unlink":
        return Call("unlink", _text(found["rest"]).decode())
    opened = OPENED.match(found["rest"])
    return _on_file(found["call"], opened) if opened else None


def _on_file(name: str, opened: re.Match[str]) -> Call | None:
    path, rest = _unescaped(opened["path"]).decode(errors="replace"), opened["rest"]
    if name in SYNCS:
        return Call("sync", path)
    if name == "ftruncate":
        return Call("ftruncate", path, offset=_number(rest))
    if name == "pwrite64":
        return Call("write", path, _text(rest), _number(rest.rpartition('", ')[2].partition(",")[2]))
    return Call("said", path, _text(rest)) if name in SENDS else None


def _number(rest: str) -> int:
    """The number that stands there: `, 4096) = 0` and `, 4096 <unfinished ...>` are 4096."""
    return int(rest.strip(", ").split(")")[0].split()[0])


def _put(content: bytearray, call: Call, sectors: Iterable[int]) -> None:
    if call.kind == "ftruncate":
        del content[call.offset:]
        content.extend(bytes(call.offset - len(content)))
        return
    for at in sectors:
        part, start = call.data[at:at + SECTOR], call.offset + at
        content.extend(bytes(max(start + len(part) - len(content), 0)))
        content[start:start + len(part)] = part


def _text(rest: str) -> bytes:
    return b"".join(_unescaped(part) for part in TEXT.findall(rest))


def _unescaped(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", "")) if text.startswith("\\x") else text.encode()
