"""What a file is, told by its content and never by its name: documents and pictures that run nothing. Pure."""

import zlib
from collections.abc import Mapping
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from server.programs.states import FileKind

BEGINS: Mapping[FileKind, bytes] = {
    FileKind.PDF: b"%PDF-", FileKind.PNG: b"\x89PNG\r\n\x1a\n", FileKind.JPEG: b"\xff\xd8\xff",
}
PACKED = b"PK\x03\x04"
MAIN_PART: Mapping[str, FileKind] = {
    "word/document.xml": FileKind.DOCX, "xl/workbook.xml": FileKind.XLSX, "ppt/presentation.xml": FileKind.PPTX,
}
"""What an Office Open XML file holds, and no other file of the kind does."""
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
OFFICE = "application/vnd.openxmlformats-officedocument."
MEDIA_TYPE: Mapping[FileKind, str] = {
    FileKind.PDF: "application/pdf", FileKind.PNG: "image/png", FileKind.JPEG: "image/jpeg",
    FileKind.DOCX: f"{OFFICE}wordprocessingml.document", FileKind.XLSX: f"{OFFICE}spreadsheetml.sheet",
    FileKind.PPTX: f"{OFFICE}presentationml.presentation", FileKind.ODT: f"{OPEN_DOCUMENT}text",
    FileKind.ODS: f"{OPEN_DOCUMENT}spreadsheet", FileKind.ODP: f"{OPEN_DOCUMENT}presentation",
}
MACROS = ("vbaproject.bin", "basic/", "scripts/")
LONGEST_TYPE = 100
UNREADABLE = (BadZipFile, KeyError, ValueError, OSError, EOFError, RuntimeError, NotImplementedError, zlib.error)
"""What a broken or locked archive raises, as it is found."""


def kind_of(content: bytes) -> FileKind | None:
    """What it is; None: nothing that people may have at hand, such as a page, a drawing with scripts, a program."""
    for kind, begin in BEGINS.items():
        if content.startswith(begin):
            return kind
    return _of_office(content) if content.startswith(PACKED) else None


def _of_office(content: bytes) -> FileKind | None:
    """An office document without macros. Of what is packed only the list and one short name are read."""
    try:
        with ZipFile(BytesIO(content)) as packed:
            names = set(packed.namelist())
            if any(one.lower().startswith(MACROS) or one.lower().endswith(MACROS[0]) for one in names):
                return None
            return _open_document(packed) if "mimetype" in names else _open_xml(names)
    except UNREADABLE:
        return None


def _open_xml(names: set[str]) -> FileKind | None:
    found = [kind for part, kind in MAIN_PART.items() if part in names]
    return found[0] if len(found) == 1 and "[Content_Types].xml" in names else None


def _open_document(packed: ZipFile) -> FileKind | None:
    with packed.open("mimetype") as written:
        told = written.read(LONGEST_TYPE).decode("ascii")
    return next((kind for kind, media_type in MEDIA_TYPE.items() if told == media_type), None)
