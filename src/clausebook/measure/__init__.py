"""Step two: what the values amount to. Pure: values in, values out, no files, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..model import System
from .evidence import Evidence, evidence_of
from .writing import Gap, unwritten


@dataclass(frozen=True, slots=True)
class Measured:
    """`evidence`: requirement id → what carries it. `unwritten`: text that nobody has written yet."""

    evidence: Mapping[str, Evidence]
    unwritten: tuple[Gap, ...]


def measure(system: System) -> Measured:
    return Measured(evidence_of(system), tuple(unwritten(system)))
