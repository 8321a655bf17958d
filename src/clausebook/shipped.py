"""Where shipped data is: beside the package in a wheel, at the repository's root in a checkout."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
CHECKOUT = PACKAGE.parent.parent


@lru_cache(maxsize=16)
def shipped(name: str) -> Path:
    """The folder `name` of our data: locale, templates, site, vendor, schema or example.

    `schema` and `example` have their one canonical copy at the repository's root; the wheel carries
    them inside the package, an editable install reads them where they are.
    """
    inside = PACKAGE / "data" / name
    if inside.exists():
        return inside
    outside = CHECKOUT if name == "example" else CHECKOUT / name
    if outside.exists():
        return outside
    raise FileNotFoundError(f"shipped data is incomplete: {name}")
