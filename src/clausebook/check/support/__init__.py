"""Chapter 7: resources, competence, awareness, communication, documents; one module for each sub-clause.

`documents`, `revisions` and `records` are not in the list: what git recorded is asked even of what is wrong in form.
"""

from __future__ import annotations

from typing import Any

from . import awareness, communication, competence, control, crisis, external, reading, resources, retention

MODULES: tuple[Any, ...] = (
    resources, competence, awareness, reading, communication, crisis, control, external, retention,
)  # fmt: skip
