"""How what is there has to behave, chapter by chapter; the cases of chapter 8 have a desk of their own.

A module is asked only when everything it reads could be read: what is wrong in form is said once, and what would be
concluded from its absence waits (architecture 2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from ..measure import Measured
from ..model import System
from ..problems import Problem, Rule
from . import (
    actions,
    context,
    dates,
    evaluation,
    improvement,
    leadership,
    operation,
    planning,
    relaxing,
    reviews,
    support,
    suspicions,
)

Rules = Callable[[System, Measured], Iterator[Problem]]
"""A group of rules in one call."""


class Module(Protocol):
    """One sub-clause: its rules, the kinds it reads, and the rules' functions in one call."""

    @property
    def RULES(self) -> tuple[Rule, ...]: ...

    @property
    def READS(self) -> frozenset[str]:
        """Kinds without which its answers would be wrong; empty: it judges each entry by itself."""

    def check(self, system: System, measured: Measured) -> Iterator[Problem]: ...


MODULES: tuple[Module, ...] = (
    dates,
    actions,
    reviews,
    *context.MODULES,
    *leadership.MODULES,
    *planning.MODULES,
    *support.MODULES,
    *operation.PROVISIONS,
    *evaluation.MODULES,
    *improvement.MODULES,
    relaxing,
    suspicions,
)
RULES: tuple[Rule, ...] = tuple(rule for module in MODULES for rule in module.RULES)


FOUNDATIONS = frozenset({"people", "roles", "organization"})
"""Without these nobody is known: that they are missing is one problem, not one for each name."""


def _group(module: Module) -> Rules:
    def asked(system: System, measured: Measured) -> Iterator[Problem]:
        unread = {*system.broken.values(), *(kind for kind in FOUNDATIONS if system.first(kind) is None)}
        if not unread & module.READS:
            yield from module.check(system, measured)

    return asked


GROUPS: tuple[Rules, ...] = tuple(_group(module) for module in MODULES)
"""Each module by itself: what nothing has changed for need not be asked again."""
