"""Refresh the digests in the example's transcribed approvals after the example's texts were edited.

For maintainers of the fictional example only: its people exist on paper, so nobody can approve anew. In a
real organisation an edited document needs a new version and a new approval; never do this there.
"""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path

from clausebook.load.workspace import load

ROOT = Path(__file__).resolve().parents[1]
DIGEST = re.compile(r"^sha256: [0-9a-f]{64}$", re.MULTILINE)


def main() -> int:
    system = load(ROOT, date(2026, 11, 20))
    if not system.organisation.get("fictional"):
        print("This is no fictional organisation; approvals are not refreshed.", file=sys.stderr)
        return 2
    digests = {(e.id, e.value.get("version")): e.source.sha256 for e in system.entries if e.controlled}
    for approval in system.of("approval"):
        digest = digests.get((approval.value.get("document"), approval.value.get("version")))
        text = DIGEST.sub(f"sha256: {digest}", approval.source.text, count=1)
        if digest and approval.value.get("level") == "T" and text != approval.source.text:
            (ROOT / approval.path).write_text(text, "utf-8")
            print(approval.path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
