"""Signed approvals: what is signed, and whether a signature is that of a key, offline and without ssh-keygen (7.5.2).

What is signed are the canonical bytes of the record: one line of JSON in UTF-8 with every field but `signature`,
fields ordered by name, nothing between the tokens, non-ASCII characters as they are, and one LF at its end. So the
layout, comments and line ends of the file do not matter, and no field can be changed, added or taken away.

The field `signature` holds what `ssh-keygen -Y sign -n clausebook-approval@v1` gave, without its frame: put
between the two lines of the frame, it is verified by `ssh-keygen -Y verify` as well. The namespace is fixed, so a
signature given for a commit, a login or anything else is none here (threats 5).
"""

from __future__ import annotations

import binascii
import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.hashes import HashAlgorithm

NAMESPACE = "clausebook-approval@v1"
MAGIC = b"SSHSIG"
LEAST_RSA_BITS = 2048


class NoSignature(Exception):
    """The text is no signature of the kind that counts here."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One SSH signature in our namespace: the public key in wire form, and what it signed the bytes with."""

    key: bytes
    digest: str
    algorithm: str
    signed: bytes

    @property
    def fingerprint(self) -> str:
        """As ssh-keygen prints it: SHA256:…"""
        return "SHA256:" + b64encode(hashlib.sha256(self.key).digest()).decode("ascii").rstrip("=")

    def covers(self, message: bytes) -> bool:
        """Whether its key signed exactly these bytes. A kind of key that is not known covers nothing."""
        from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

        inner = (NAMESPACE.encode(), b"", self.digest.encode(), hashlib.new(self.digest, message).digest())
        try:
            self._verify(MAGIC + b"".join(len(part).to_bytes(4, "big") + part for part in inner))
        except (InvalidSignature, UnsupportedAlgorithm, NoSignature, ValueError):
            return False
        return True

    def _verify(self, data: bytes) -> None:
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
        from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
        from cryptography.hazmat.primitives.serialization import load_ssh_public_key

        kind = _Wire(self.key).text()
        key = load_ssh_public_key(kind.encode() + b" " + b64encode(self.key))
        if isinstance(key, ed25519.Ed25519PublicKey) and self.algorithm == kind == "ssh-ed25519":
            key.verify(self.signed, data)
        elif isinstance(key, rsa.RSAPublicKey) and key.key_size >= LEAST_RSA_BITS:
            hashes: dict[str, HashAlgorithm] = {"rsa-sha2-256": SHA256(), "rsa-sha2-512": SHA512()}
            if self.algorithm not in hashes:
                raise NoSignature
            key.verify(self.signed, data, padding.PKCS1v15(), hashes[self.algorithm])
        elif isinstance(key, ec.EllipticCurvePublicKey) and self.algorithm == kind:
            wire, curves = _Wire(self.signed), {256: SHA256(), 384: SHA384(), 521: SHA512()}
            pair = utils.encode_dss_signature(wire.number(), wire.number())
            key.verify(pair, data, ec.ECDSA(curves[key.key_size]))
        else:
            raise NoSignature


class _Wire:
    """The fields of SSH's wire format, read one after the other."""

    def __init__(self, raw: bytes) -> None:
        self._raw, self._at = raw, 0

    def take(self, count: int) -> bytes:
        part = self._raw[self._at : self._at + count]
        if len(part) != count:
            raise NoSignature
        self._at += count
        return part

    def bytes(self) -> bytes:
        return self.take(int.from_bytes(self.take(4), "big"))

    def text(self) -> str:
        return self.bytes().decode("ascii", "replace")

    def number(self) -> int:
        return int.from_bytes(self.bytes(), "big", signed=True)

    def end(self) -> None:
        if self._at != len(self._raw):
            raise NoSignature


def canonical(record: Mapping[str, Any]) -> bytes:
    """The bytes that are signed: see above."""
    said = {name: value for name, value in record.items() if name != "signature"}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def signature_in(text: str) -> Signature:
    """The signature that a record's field holds. Raises NoSignature, for another namespace as well."""
    try:
        wire = _Wire(b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        raise NoSignature from None
    if wire.take(len(MAGIC)) != MAGIC or wire.take(4) != b"\0\0\0\1":
        raise NoSignature
    key, namespace, reserved, digest = wire.bytes(), wire.text(), wire.bytes(), wire.text()
    inner = _Wire(wire.bytes())
    wire.end()
    algorithm, signed = inner.text(), inner.bytes()
    inner.end()
    if namespace != NAMESPACE or reserved or digest not in ("sha256", "sha512"):
        raise NoSignature
    return Signature(key, digest, algorithm, signed)


def key_in(line: str) -> bytes:
    """A public key in wire form from `ssh-ed25519 AAAA…`; nothing where it is none."""
    try:
        return b64decode("".join(line.split()[1:2]), validate=True)
    except (binascii.Error, ValueError):
        return b""
