"""What reports say is understood, in the shapes that servers give them; anything else says nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kernel.ids import new_id
from server.notifications.bounces.reading import MOST_PARTS, Report, Said, read_report
from server.notifications.channels.codes import status_in
from tests.server.notifications.bounces.reports import complaint, dsn, returned

ID = new_id()
VERP = f"bounces+{ID}@harbourline.example"


@pytest.mark.parametrize(("source", "report"), [
    (dsn(ID), Report(ID, Said.FAILED, "5.1.1")),
    (dsn(ID).replace(b"\n", b"\r\n"), Report(ID, Said.FAILED, "5.1.1")),
    (dsn(ID, "5.2.2", back="text/rfc822-headers"), Report(ID, Said.FAILED, "5.2.2")),
    (dsn(ID, "5.1.01 (no such user)", "Failed"), Report(ID, Said.FAILED, "5.1.1")),
    (dsn(ID, "5.4.4", keeps=False, to=f"Ithaca <{VERP}>"), Report(ID, Said.FAILED, "5.4.4")),
    (b"Delivered-To: " + VERP.encode() + b"\n" + dsn(new_id(), keeps=False), Report(ID, Said.FAILED, "5.1.1")),
    (dsn(ID, "4.4.1", "delayed"), Report(ID, Said.LATE, "4.4.1")),
    (dsn(ID, "2.0.0", "delivered"), Report(ID, Said.ARRIVED, "2.0.0")),
    (dsn(ID, "nonsense"), Report(ID, Said.FAILED)),
    (dsn(ID, of="<Noor@x.example>"), Report(ID, Said.FAILED, "5.1.1", frozenset({"noor@x.example"}))),
    (complaint(ID), Report(ID, Said.COMPLAINED)),
])
def test_a_report_is_understood(source: bytes, report: Report) -> None:
    assert read_report(source) == report


@pytest.mark.parametrize("source", [
    dsn(ID, keeps=False),                               # of whom?
    dsn(ID, "2.0.0", "relayed"),
    complaint(ID, "not-spam"),
    returned(ID).encode(),                              # an answer, or an automatic one
    returned(ID).replace("Message-ID", "In-Reply-To").encode() + b"\nAction: failed\nStatus: 5.1.1\n",
    dsn(ID).replace(b"message/delivery-status", b"text/plain"),
    b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\nContent-Type: text/plain\n\n\n" * MOST_PARTS + dsn(ID),
    b"", b"\n\n", b"\xff\xfe", b"Content-Type: message/delivery-status\n\n",
])
def test_what_reports_nothing_of_ours_says_nothing(source: bytes) -> None:
    assert read_report(source) is None


def test_of_several_recipients_the_one_that_failed_counts() -> None:
    passed_on = b"Final-Recipient: rfc822; other@harbourline.example\nAction: delivered\nStatus: 2.0.0\n\n"
    both = dsn(ID).replace(b"Final-Recipient: rfc822;", passed_on + b"Final-Recipient: rfc822;")
    assert read_report(both) == Report(ID, Said.FAILED, "5.1.1")


def test_parts_in_parts_without_end_are_given_up() -> None:
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (at, at) for at in range(3_000))
    assert read_report(deep) is None


PIECES = (
    b"\n", b"\n\n", b"--b1\n", b"--b1--\n", b"Content-Type: message/delivery-status\n", b"Action: failed\n",
    b"Content-Type: message/rfc822\n", b"Content-Type: multipart/report; boundary=b1\n", b"Status: 5.1.1\n", b"\xff",
    b"Content-Transfer-Encoding: base64\n", b"Content-Type: message/feedback-report\n", b"Feedback-Type: abuse\n",
    b"Message-ID: <" + str(ID).encode() + b"@x>\n", b"Message-ID: =?utf-8?q?=0D=0A?=\n", b"To: \"a\n", b"\x00", b":",
    b"Content-Type: text/plain; charset=nonsense\n", b"Content-Type: ;;;=\"\n", b"Action: \xe9\n",
)


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=12), max_size=30).map(b"".join))
def test_no_bytes_break_it(source: bytes) -> None:
    found = read_report(source)
    assert found is None or found.message_id == ID or str(found.message_id)


@given(st.integers(0, len(dsn(ID))), st.binary(max_size=8), st.integers(0, 40))
def test_a_damaged_report_is_none_or_about_the_same_mail(at: int, put: bytes, cut: int) -> None:
    whole = dsn(ID)
    found = read_report(whole[:at] + put + whole[at + cut:])
    assert found is None or (found.said is Said.FAILED) or found.status == ""


@pytest.mark.parametrize(("words", "status"), [
    ("5.1.1 <noor@x>: Recipient address rejected", "5.1.1"), ("No such user 5.1.10", "5.1.10"), ("", ""),
    ("User unknown", ""), ("10.5.1.1 is blocked", "5.1.1"), ("see 5.7", ""),
])
def test_the_code_in_a_servers_words(words: str, status: str) -> None:
    assert status_in(words) == status
