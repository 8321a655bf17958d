"""Refresh the digests in the example's transcribed approvals after the example's texts were edited.

The baseline moves along: what the example's writers commit here is no history of the fictional organisation, so
git answers for nothing before the commit that this run prepares (architecture 12; `init --example` has a history).

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
ORGANISATION = ROOT / "system" / "org.yaml"
BASELINE = re.compile(r"(^baseline:\n  commit: )[0-9a-f]{40}$", re.MULTILINE)
DIGEST = re.compile(r"^sha256: [0-9a-f]{64}$", re.MULTILINE)


def main() -> int:
    system = load(ROOT, date(2026, 11, 20))
    if not system.organisation.get("fictional"):
        print("This is no fictional organisation; approvals are not refreshed.", file=sys.stderr)
        return 2
    moved = BASELINE.sub(rf"\g<1>{system.history.commit}", ORGANISATION.read_text("utf-8"))
    ORGANISATION.write_text(moved, "utf-8")
    system = load(ROOT, date(2026, 11, 20))
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
