"""Secrets at rest: free text of people and stored secrets are AES-256-GCM under the installation's key.

Stored form: a control character, then `v1.<key id>.<base64url of nonce and ciphertext>`; the table and column are bound
in as associated data, so a value copied to another column does not open (docs/decisions/0001-ids-and-stored-forms.md).
The control character tells a stored value from a typed one: `kernel.text.clean` takes it out of everything typed.
"""

import base64
import hashlib
import hmac
import os
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from tortoise import Model, fields

from server.kernel.settings import settings

NONCE_BYTES = 12
MARK = "\x01v1."


class SecretUnreadable(Exception):
    """A stored secret does not open: the wrong installation key, or a value that was altered."""


def encrypt(text: str, place: str) -> str:
    """`text` closed for storage at `place` ("table.column")."""
    key_id, key = _installation_key()
    nonce = os.urandom(NONCE_BYTES)
    closed = AESGCM(key).encrypt(nonce, text.encode(), place.encode())
    return f"{MARK}{key_id}.{base64.urlsafe_b64encode(nonce + closed).decode()}"


def decrypt(stored: str, place: str) -> str:
    """The text that `encrypt` closed.

    Raises:
        SecretUnreadable: another key, another place, or an altered value.
    """
    try:
        key_id, body = stored.removeprefix(MARK).split(".", 1)
        raw = base64.urlsafe_b64decode(body)
        known_id, key = _installation_key()
        if key_id != known_id:
            raise SecretUnreadable(place)
        return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode()).decode()
    except (ValueError, InvalidTag) as error:
        raise SecretUnreadable(place) from error


def token() -> str:
    """A fresh secret of 256 bits, safe in an address."""
    return secrets.token_urlsafe(32)


def fingerprint(secret: str) -> str:
    """How a high-entropy secret (session, link) is stored: its SHA-256, never itself."""
    return hashlib.sha256(secret.encode()).hexdigest()


def keyed_digest(text: str, place: str) -> bytes:
    """32 bytes that only this installation can work out from `text`, another value for each `place` ("table.column").

    For what `fingerprint` cannot hide because it is easy to guess: an address, six digits.
    """
    _, key = _installation_key()
    return hmac.digest(hmac.digest(key, place.encode(), "sha256"), text.encode(), "sha256")


def has_key() -> bool:
    """Whether the installation has a key already; else the first use makes one."""
    return bool(settings().secret_key) or (settings().var_dir / "secret.key").exists()


def key_id() -> str:
    """The name of this installation's key, which tells nothing of it: eight letters, in every value that it closed."""
    return _installation_key()[0]


class EncryptedTextField(fields.TextField):
    """Text that lies encrypted in the database and is plain in Python. It cannot be searched or filtered."""

    def to_db_value(self, value: Any, instance: type[Model] | Model) -> Any:  # noqa: ARG002  # upstream's signature
        """Encrypt on the way in. None stays None; no words are stored as none, so that nobody deciphers nothing."""
        return encrypt(str(value), self._place()) if value else value

    def to_python_value(self, value: Any) -> Any:
        """Decrypt on the way out. Text set in Python arrives plain and stays so."""
        if isinstance(value, str) and value.startswith(MARK):
            return decrypt(value, self._place())
        return value

    def _place(self) -> str:
        return f"{self.model._meta.db_table}.{self.model_field_name}"


@lru_cache
def _installation_key() -> tuple[str, bytes]:
    given = settings().secret_key
    key = base64.urlsafe_b64decode(given) if given else _key_from_file(settings().var_dir / "secret.key")
    if len(key) != 32:
        raise SecretUnreadable("ITHACA_SECRET_KEY needs 32 bytes in base64url")
    return hashlib.sha256(b"ithaca key id" + key).hexdigest()[:8], key


def _key_from_file(path: Path) -> bytes:
    """The key beside the embedded database, made on first use and readable by its owner alone."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return base64.urlsafe_b64decode(path.read_bytes())
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _key_from_file(path)
    with os.fdopen(handle, "wb") as file:
        key = os.urandom(32)
        file.write(base64.urlsafe_b64encode(key))
        file.flush()
        os.fsync(file.fileno())
    return key
