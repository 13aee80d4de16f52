"""Reports as mail servers write them: by the grammar of RFC 3464 and RFC 5965, in the shapes of well-known servers."""

from uuid import UUID

FROM = "Mail Delivery System <MAILER-DAEMON@mx.example>"


def returned(message_id: UUID) -> str:
    """The head of the mail that comes back."""
    return (
        "From: Harbourline mentoring <mentoring@harbourline.example>\nTo: Noor <noor@harbourline.example>\n"
        f"Subject: A first time with Idris\nMessage-ID:\n <{message_id}@harbourline.example>\n"
    )


def dsn(
    message_id: UUID, status: str = "5.1.1", action: str = "failed", *, back: str = "message/rfc822",
    to: str = "mentoring@harbourline.example", keeps: bool = True, of: str = "",
) -> bytes:
    """A delivery report (RFC 3464). `back`: the type of what is sent back; without `keeps`, nothing is. `of`: whose
    mailbox it speaks of, if it says so."""
    sent_back = f"--b1\nContent-Type: {back}\n\n{returned(message_id)}\nDear Noor,\n\n" if keeps else ""
    return (
        f"Return-Path: <>\nFrom: {FROM}\nTo: {to}\nSubject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status;\n boundary="b1"\n\nThis is a MIME message.\n\n'
        "--b1\nContent-Description: Notification\nContent-Type: text/plain; charset=utf-8\n\n"
        "I'm sorry to have to inform you that your message could not be delivered. Status: 4.4.4\n\n"
        "--b1\nContent-Description: Delivery report\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mx.example\nArrival-Date: Mon, 23 Nov 2026 10:00:00 +0000\n\n"
        f"Final-Recipient: rfc822; {of}\nAction: {action}\nStatus: {status}\n"
        "Remote-MTA: dns; in.example\nDiagnostic-Code: smtp; 550 5.7.9 said\n  in two lines\n\n"
        f"{sent_back}--b1--\n"
    ).encode()


def complaint(message_id: UUID, kind: str = "abuse") -> bytes:
    """What a mail provider writes when somebody presses "unwanted" (RFC 5965)."""
    return (
        "From: <abusedesk@provider.example>\nTo: <mentoring@harbourline.example>\nSubject: FW: A first time\n"
        'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report;\n boundary="b2"\n\n'
        "--b2\nContent-Type: text/plain\n\nThis is an email abuse report.\n\n"
        f"--b2\nContent-Type: message/feedback-report\n\nFeedback-Type: {kind}\nUser-Agent: SomeGenerator/1.0\n"
        "Version: 1\n\n"
        f"--b2\nContent-Type: text/rfc822-headers\n\n{returned(message_id)}\n--b2--\n"
    ).encode()
