"""A small IMAP server on the loopback, with what Python's client asks of one (RFC 3501): one folder, one user."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

USER, PASSWORD, FOLDER = "bounces", "pass word", "Came back"


class Mailbox(socketserver.ThreadingTCPServer):
    """What is in it, by number; `seen` are those that somebody marked as read."""

    daemon_threads = True

    def __init__(self, *mails: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.mails = dict(enumerate(mails, start=7))
        self.seen = set[int]()

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Talk(socketserver.StreamRequestHandler):
    """One connection."""

    server: Mailbox

    def handle(self) -> None:
        self._say("* OK ready")
        for line in self.rfile:
            tag, _space, asked = line.decode().strip().partition(" ")
            self._say(f"{tag} {self._answer(asked)}")
            if asked == "LOGOUT":
                return

    def _answer(self, asked: str) -> str:
        if asked == "CAPABILITY":
            self._say("* CAPABILITY IMAP4rev1")
        elif asked.startswith("LOGIN"):
            return "OK in" if asked == f'LOGIN {USER} "{PASSWORD}"' else "NO wrong password"
        elif asked.startswith("SELECT"):
            return "OK selected" if asked == f'SELECT "{FOLDER}"' else "NO no such folder"
        elif asked == "UID SEARCH UNSEEN":
            self._say("* SEARCH " + " ".join(str(one) for one in self.server.mails if one not in self.server.seen))
        elif fetched := re.fullmatch(r"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.\d+>\)", asked):
            self._send(int(fetched[1]))
        elif stored := re.fullmatch(r"UID STORE (\d+) \+FLAGS \(\\Seen\)", asked):
            self.server.seen.add(int(stored[1]))
        elif asked == "LOGOUT":
            self._say("* BYE")
        else:
            return "BAD what?"
        return "OK done"

    def _send(self, number: int) -> None:
        mail = self.server.mails[number]
        self._say(f"* 1 FETCH (UID {number} BODY[]<0> {{{len(mail)}}}")
        self.wfile.write(mail)
        self._say(")")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def imap_server(*mails: bytes) -> Iterator[Mailbox]:
    """A running server with these unread mails."""
    with Mailbox(*mails) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
