"""Files as people have them, as small as they can be."""

from collections.abc import Iterable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
OPEN_XML = "[Content_Types].xml"


def packed(parts: Iterable[tuple[str, str]]) -> bytes:
    """An archive of parts, each with its text."""
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        for name, text in parts:
            archive.writestr(name, text)
    return written.getvalue()


def document(*more: str) -> bytes:
    """A document of Word, with more parts by their names."""
    return packed((name, "<x/>") for name in (OPEN_XML, "word/document.xml", *more))


def open_document(media_type: str, *more: str) -> bytes:
    """A document of OpenDocument that says it is of some kind."""
    return packed([("mimetype", media_type), *((name, "<x/>") for name in ("content.xml", *more))])
