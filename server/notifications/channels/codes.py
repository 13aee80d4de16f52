"""What a mail server's codes mean (RFC 3463, RFC 5321)."""

import re

STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
OF_A_MAILBOX = (550, 551, 553)
"""What a server says to a recipient whom it does not have; one that meant something else gives an enhanced code."""
NO_MAILBOX, NO_ADDRESS = "5.1.1", "5.1.3"
"""Nobody has the address; it is none."""


def status_in(words: str) -> str:
    """The enhanced code in a server's words; "" if there is none."""
    found = STATUS.search(words)
    return ".".join(str(int(part)) for part in found.groups()) if found else ""
