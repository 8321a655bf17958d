"""The file that tells a forge whom to ask before a change comes in: no content of ours, judged as text only."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ..model import Source
from .strict_yaml import MAX_BYTES

OWNERS = (".github/CODEOWNERS", "CODEOWNERS", ".gitlab/CODEOWNERS", "docs/CODEOWNERS")
"""Where the forges look, in their order; the first one counts."""


def owners_of(root: Path) -> Source | None:
    """The first such file there is."""
    for path in OWNERS:
        if (root / path).is_file():
            raw = (root / path).read_bytes()[:MAX_BYTES]
            text = raw.decode("utf-8", "replace").replace("\r\n", "\n")
            return Source(path, text, hashlib.sha256(raw).hexdigest())
    return None
