"""Chapter 10: nonconformities and corrective action, continual improvement."""

from __future__ import annotations

from typing import Any

from . import effectiveness, improvements, nonconformities

MODULES: tuple[Any, ...] = (nonconformities, effectiveness, improvements)
