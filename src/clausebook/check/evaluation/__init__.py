"""Chapter 9: monitoring, evaluation of compliance, internal audit, management review; one module for each."""

from __future__ import annotations

from typing import Any

MODULES: tuple[Any, ...] = ()
