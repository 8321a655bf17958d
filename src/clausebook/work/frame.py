"""The frame files that follow from the organisation: git attributes and the forge's CODEOWNERS, in a part of their own.

What else stands in these files is the organisation's; our part is put at the end, where it has the last word.
"""

from __future__ import annotations

import re
from pathlib import Path

from ..load.owners import OWNERS
from ..measure.guards import BEGIN, END, owners_block
from ..model import System
from .writer import replace_all

ATTRIBUTES_BEGIN = "# clausebook: written by `clausebook init --update`; lines of your own stand before this part."
ATTRIBUTES = f"""{ATTRIBUTES_BEGIN}
# Approvals pin bytes: LF everywhere, nothing is rewritten on checkout, and a conflict stops for a person.
/system/** text eol=lf -ident -filter !working-tree-encoding merge linguist-documentation
/registers/** text eol=lf -ident -filter !working-tree-encoding merge linguist-documentation
/records/** text eol=lf -ident -filter !working-tree-encoding merge linguist-documentation
/build/** linguist-generated
{END}
"""


def update_frame(root: Path, system: System) -> list[str]:
    """Bring both files up to date; returns the paths that changed. No CODEOWNERS while nobody has an account."""
    owners = system.owners.path if system.owners else OWNERS[0]
    wanted = {".gitattributes": (ATTRIBUTES_BEGIN, ATTRIBUTES), owners: (BEGIN, owners_block(system))}
    texts: dict[str, str | None] = {}
    for path, (begin, block) in wanted.items():
        file = root / path
        text = file.read_text("utf-8") if file.is_file() else ""
        made = _with_part(text, begin, block) if block else text
        if made != text:
            texts[path] = made
    replace_all(root, texts)
    return sorted(texts)


def _with_part(text: str, begin: str, block: str) -> str:
    """The text with our part once, at its end."""
    rest = re.sub(rf"^{re.escape(begin)}\n.*?^{re.escape(END)}\n?", "", text, flags=re.MULTILINE | re.DOTALL).rstrip()
    return f"{rest}\n\n{block}" if rest else block
