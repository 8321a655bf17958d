"""READ ME FIRST. The four steps on one screen: load → measure → check → publish, forward only.

    load     files in, values out; every defect of form is a value too        (load/)
    measure  what the values amount to: evidence, cases, clocks, figures       (measure/)
    check    rules over the values: problems, and the coverage that follows    (check/)
    publish  pages, site and exports; the only step that knows a renderer      (publish/)

A `System` never changes once it is loaded; a `Report` is all that anyone needs to judge or to print.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from .check import BEHAVIOUR, check
from .check.chapters import Rules
from .check.coverage import Coverage, coverage_of
from .check.lapses import settled
from .check.rules import RULES
from .check.waivers import excused
from .load.workspace import load, load_past
from .measure import Measured, measure
from .measure.collector import uncollected
from .model import System
from .problems import Lapse, Problem, Waived


@dataclass(frozen=True, slots=True, repr=False)
class Report:
    """What one run found. `coverage` maps requirement ids, in the order of print."""

    system: System
    measured: Measured
    problems: tuple[Problem, ...]
    coverage: Mapping[str, Coverage]
    lapses: tuple[Lapse, ...] = ()
    waived: tuple[Waived, ...] = ()

    @property
    def errors(self) -> int:
        return sum(problem.level == "error" for problem in self.problems)

    @property
    def unpublishable(self) -> list[Problem]:
        """What must not go out as it is: broken references, schema errors, unreadable files, unapproved content."""
        return [problem for problem in self.problems if problem.fatal and problem.level == "error"]


@uncollected()
def run(root: Path, as_of: date, *, with_history: bool = True, base: str | None = None) -> Report:
    """Read and judge the organisation at `root` as of a date. Publishing is a separate call (publish/site)."""
    return judged(load(root, as_of, with_history=with_history, base=base))


@uncollected()
def run_past(root: Path, as_of: date, commit: str) -> Report:
    """The same over the organisation as it stood at a commit."""
    return judged(load_past(root, as_of, commit))


def judged(
    system: System, behaviour: Sequence[Rules] = BEHAVIOUR, measuring: Callable[[System], Measured] = measure
) -> Report:
    """Steps two and three over what was read: late things that somebody answers, and waivers, come last."""
    measured = measuring(system)
    problems, lapses = settled(system, check(system, measured, behaviour))
    problems, waived = excused(system, problems, RULES)
    coverage = coverage_of(system, measured, problems, lapses)
    return Report(system, measured, tuple(problems), coverage, tuple(lapses), tuple(waived))
