"""Write the table of proofs: which mutation of the example makes which rule turn which requirement red.

For maintainers, after tests/mutations changed: the manual shows the table, and a test proves that it is the corpus.
"""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from mutating import corpus, proofs  # noqa: E402

HEAD = "# Made by tools/proofs.py from tests/mutations: requirement, then rule, then the mutations that it killed.\n"


def main() -> int:
    text = yaml.safe_dump(proofs(corpus()), allow_unicode=True, sort_keys=False, width=120)
    (ROOT / "src/clausebook/data/proofs.yaml").write_text(HEAD + text, "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
