"""Chapter 4: context, interested parties, scope, the system and its processes; one module for each sub-clause."""

from __future__ import annotations

from typing import Any

from . import issues, network, parties, processes, scope, start

MODULES: tuple[Any, ...] = (issues, parties, scope, start, network, processes)
