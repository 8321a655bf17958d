"""Signing with a person's own SSH key: ssh-keygen does it, so agents, passphrases and cards work as everywhere else."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from ..measure.signatures import NAMESPACE, NoSignature, Signature, canonical, signature_in
from ..problems import UserError

FRAME = ("-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----")
PATIENCE = 300
"""Seconds for somebody to type a passphrase or to touch a key."""


def signed(record: Mapping[str, object], key: Path) -> tuple[str, Signature]:
    """The text for the field `signature` and what it says. Raises UserError for whatever keeps it from being given.

    `key` is a private key's file, or a public one whose private half an agent holds.
    """
    if not key.is_file():
        raise UserError("approve-key-missing", key=str(key))
    words = ["ssh-keygen", "-Y", "sign", "-n", NAMESPACE, "-f", str(key.absolute())]
    try:
        done = subprocess.run(words, input=canonical(record), capture_output=True, timeout=PATIENCE)
    except FileNotFoundError:
        raise UserError("approve-no-ssh-keygen") from None
    except subprocess.TimeoutExpired:
        raise UserError("approve-not-signed", key=str(key), detail=f"{PATIENCE} s") from None
    if done.returncode != 0:
        told = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise UserError("approve-not-signed", key=str(key), detail=told[-1][:160] if told else str(done.returncode))
    lines = done.stdout.decode("ascii", "replace").splitlines()
    text = "".join(line for line in lines if line not in FRAME)
    try:
        given = signature_in(text)
    except NoSignature:
        raise UserError("approve-not-signed", key=str(key), detail="SSHSIG") from None
    if not given.covers(canonical(record)):
        raise UserError("approve-key-kind", key=str(key), algorithm=given.algorithm)
    return text, given
