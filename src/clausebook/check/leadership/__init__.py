"""Chapter 5: leadership, policy, roles and authorities; one module for each sub-clause, three for 5.3."""

from __future__ import annotations

from typing import Any

from . import appointments, commitment, matrix, policy, roles

MODULES: tuple[Any, ...] = (commitment, policy, roles, matrix, appointments)
