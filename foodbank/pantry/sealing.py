"""Sealing contact data (P2): a key per household, wrapped by the installation's; and codes and secrets nobody can guess.

``settings.CONTACT_KEYS`` holds the installation's keys, the first of which seals. Older ones still open, until
``manage.py rotate_contact_keys`` has wrapped everything anew. Whoever loses them all has lost the contacts, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import unicodedata
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from foodbank.labels.codes import ALPHABET

CODE_LENGTH = 6


class CannotOpen(Exception):
    """None of the installation's keys opens it: ``CONTACT_KEY`` has changed without the old one being kept beside the new."""


class Envelope:
    """Seals and opens one household's data with its own key, which comes wrapped."""

    def __init__(self, wrapped: bytes | memoryview) -> None:
        try:
            self._fernet = Fernet(_wrapping(tuple(settings.CONTACT_KEYS)).decrypt(bytes(wrapped)))
        except InvalidToken:
            raise CannotOpen from None

    def seal(self, text: str) -> bytes:
        return self._fernet.encrypt(text.encode()) if text else b""

    def open(self, sealed: bytes | memoryview) -> str:
        return self._fernet.decrypt(bytes(sealed)).decode() if sealed else ""


def new_wrapped_key() -> bytes:
    """A fresh key for one household, wrapped."""
    return _wrapping(tuple(settings.CONTACT_KEYS)).encrypt(Fernet.generate_key())


def wrap_again(wrapped: bytes | memoryview) -> bytes:
    """The same key under the installation's first key. Raises :class:`CannotOpen`."""
    try:
        return _wrapping(tuple(settings.CONTACT_KEYS)).rotate(bytes(wrapped))
    except InvalidToken:
        raise CannotOpen from None


def lookup_hashes(text: str) -> list[str]:
    """What stands in a ``…_hash`` column for an e-mail address or a telephone number, one for each of the installation's keys, the
    one to store first. Width, case and blanks do not matter; of a telephone number only the digits do, with 0 for +81."""
    cleaned = "".join(unicodedata.normalize("NFKC", text).lower().split())
    if "@" not in cleaned:
        digits = "".join(char for char in cleaned if char.isdecimal())
        cleaned = f"0{digits[2:].removeprefix('0')}" if cleaned.startswith("+81") else digits
    return [hmac.new(_derived(key, b"look-up"), cleaned.encode(), hashlib.sha256).hexdigest() for key in settings.CONTACT_KEYS]


def new_secret() -> str:
    """256 bits for a link."""
    return secrets.token_urlsafe(32)


def secret_hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def new_token() -> str:
    """128 bits in characters that make a small QR code."""
    return secrets.token_hex(16).upper()


def new_code() -> str:
    """Six characters that nobody confuses when they are said aloud."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


@lru_cache(maxsize=4)
def _wrapping(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key, b"wrapping"))) for key in keys])


@lru_cache(maxsize=16)
def _derived(key: str, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"foodbank contacts: " + purpose).derive(key.encode())
