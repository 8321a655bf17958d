"""Chapter 5: leadership, policy, roles; one module for each sub-clause."""

from __future__ import annotations

from typing import Any

MODULES: tuple[Any, ...] = ()
