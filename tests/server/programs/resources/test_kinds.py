"""What a file is, whatever it is called; and under which name it is handed on."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.programs.resources.kinds import MEDIA_TYPE, OPEN_DOCUMENT, PACKED, kind_of
from server.programs.resources.setup import NAME_LETTERS, file_name
from server.programs.states import FileKind
from tests.papers import OPEN_XML, PDF, document, open_document, packed

KINDS: list[tuple[bytes, FileKind | None]] = [
    (PDF, FileKind.PDF), (b"\x89PNG\r\n\x1a\n....", FileKind.PNG), (b"\xff\xd8\xff\xe0....", FileKind.JPEG),
    (document(), FileKind.DOCX), (document("word/vbaProject.bin"), None),
    (packed([(OPEN_XML, ""), ("xl/workbook.xml", "")]), FileKind.XLSX),
    (packed([(OPEN_XML, ""), ("ppt/presentation.xml", "")]), FileKind.PPTX),
    (packed([("word/document.xml", "")]), None), (document("xl/workbook.xml"), None),
    (packed([("index.html", "<script>")]), None),
    (open_document(f"{OPEN_DOCUMENT}text"), FileKind.ODT), (open_document(f"{OPEN_DOCUMENT}spreadsheet"), FileKind.ODS),
    (open_document(f"{OPEN_DOCUMENT}presentation"), FileKind.ODP),
    (open_document(f"{OPEN_DOCUMENT}text", "Basic/Standard/Module1.xml"), None),
    (open_document("application/epub+zip"), None), (open_document("\N{SNOWMAN}"), None),
    (document()[:40], None), (PACKED, None), (b"", None), (b"MZ\x90", None), (b" %PDF-1.7", None),
    (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", None), (b"<!doctype html><script>", None),
]
"""Each by its place: what is packed holds the moment, so it is no name for a test."""


@pytest.mark.parametrize("place", range(len(KINDS)))
def test_a_file_is_what_it_holds(place: int) -> None:
    content, kind = KINDS[place]
    assert kind_of(content) is kind
    assert set(MEDIA_TYPE) == set(FileKind)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200), st.sampled_from((b"", PACKED, document()[:200], document()[-100:])))
def test_whatever_is_sent_is_told_or_refused(content: bytes, begin: bytes) -> None:
    kind_of(begin + content)


@pytest.mark.parametrize(("given_name", "name"), [
    ("guide.pdf", "guide.pdf"), ("..\\..\\windows\\guide.exe", "guide.pdf"), ("/etc/passwd", "passwd.pdf"),
    ("", "pdf.pdf"), ("....", "pdf.pdf"), ("a\r\nSet-Cookie: x\u202efdp.html", "aSet-Cookie xfdp.pdf"),
    ("Führung – Teil 1.docx", "Führung – Teil 1.pdf"), ("x" * 300, f"{'x' * 96}.pdf"),
])
def test_a_name_can_be_kept_everywhere(given_name: str, name: str) -> None:
    assert file_name(given_name, FileKind.PDF) == name


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=130), st.sampled_from(FileKind))
def test_any_name_stays_one_and_says_its_kind(given_name: str, kind: FileKind) -> None:
    name = file_name(given_name, kind)
    assert name.endswith(f".{kind.value}")
    assert len(name) <= NAME_LETTERS
    assert not set(name) & set("\r\n\0/\\\"")
    assert file_name(name, kind) == name, "it is not cut again"
