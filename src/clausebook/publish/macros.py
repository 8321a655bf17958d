"""What hand-written pages may call: look-ups in what the build has already computed. No logic lives here.

`{{ fragment("home") }}` gives finished Markdown, `{{ fact("requirements.evidenced") }}` one escaped value.
Works alike under mkdocs and Zensical; no hooks, no page tricks.
"""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from . import gate

BUILD = Path(os.environ.get("CLAUSEBOOK_BUILD", "build"))
"""Where the build has put what the pages of this edition may look up."""


@lru_cache(maxsize=4)
def _read(name: str) -> Any:
    return json.loads((BUILD / name).read_text("utf-8"))


def fragment(name: str) -> str:
    """Markdown of that name; an unknown name stops the build."""
    return str(_read("fragments.json")[name])


def fact(path: str) -> str:
    """One value of manual.json as literal text; an unknown path stops the build."""
    value: Any = _read("manual.json")
    for step in path.split("."):
        value = value[int(step)] if isinstance(value, list) else value[step]
    return gate.text(value)


def define_env(env: Any) -> None:
    """Called by the renderer once per build (mkdocs) or page (Zensical)."""
    env.macro(fragment)
    env.macro(fact)
