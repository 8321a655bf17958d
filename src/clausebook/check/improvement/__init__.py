"""Chapter 10: nonconformity and corrective action, continual improvement; one module for each sub-clause."""

from __future__ import annotations

from typing import Any

MODULES: tuple[Any, ...] = ()
