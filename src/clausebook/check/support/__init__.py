"""Chapter 7: resources, competence, awareness, communication, documents; one module for each sub-clause."""

from __future__ import annotations

from typing import Any

MODULES: tuple[Any, ...] = ()
