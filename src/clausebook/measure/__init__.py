"""Step two: what the values amount to. Pure: values in, values out, no files, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..model import System
from .approvals import Approvals
from .cases import Case, Complaints, complaints_of
from .evidence import Evidence, evidence_of
from .writing import Gap, unwritten


@dataclass(frozen=True, slots=True, repr=False)
class Measured:
    """`evidence`: requirement id → what carries it. `unwritten`: text that nobody has written yet.

    `sound`: the part of the system whose form is right, found once for all that compute with values.
    `approvals`: which approval holds for which content of a document, by what git recorded.
    """

    evidence: Mapping[str, Evidence]
    unwritten: tuple[Gap, ...]
    complaints: Complaints
    sound: System
    approvals: Approvals

    @property
    def cases(self) -> tuple[Case, ...]:
        """Every complaint with its state and clocks, in path order."""
        return self.complaints.cases


def measure(system: System) -> Measured:
    right = sound(system)
    return Measured(evidence_of(system), tuple(unwritten(system)), complaints_of(right), right, Approvals(system))


def sound(system: System) -> System:
    """The part of the system whose form is right: only of that can be asked how it behaves.

    What is wrong in form is a problem already; computing with it would say the same thing twice, or nonsense.
    """
    wrong = [entry for entry in system.entries if not system.schemas.is_valid(entry.kind.name, entry.value)]
    if not wrong:
        return system
    left_out = {id(entry) for entry in wrong}
    entries = tuple(entry for entry in system.entries if id(entry) not in left_out)
    return replace(system, entries=entries, broken={**system.broken, **{e.path: e.kind.name for e in wrong}})


def countable(system: System) -> System:
    """The system without complaints that hold something of the wrong kind: nothing can be counted of those.

    One in which something is missing is counted as far as it goes; what is wrong with it is for `check` to say.
    """
    wrong = {
        id(entry) for entry in system.of("complaint")
        if any(keyword != "required" for keyword, *_ in system.schemas.errors(entry.kind.name, entry.value))
    }  # fmt: skip
    return replace(system, entries=tuple(e for e in system.entries if id(e) not in wrong)) if wrong else system
