"""Chapter 6: risks, obligations, objectives, changes; one module for each sub-clause."""

from __future__ import annotations

from typing import Any

from . import changes, objectives, obligations, risks

MODULES: tuple[Any, ...] = (risks, obligations, objectives, changes)
