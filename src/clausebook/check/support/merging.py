"""7.5.3 b, merging: two people may take one number on two branches; nothing that was entered may vanish by that.

git calls some of these merges clean. What can be seen is what the history still holds: of a branch that was squashed
or rebased with the other side's content, and then forgotten, no clone knows anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ...load.positions import place
from ...measure import Measured
from ...measure.merges import collapsed, losses
from ...measure.moments import word
from ...model import System
from ...problems import Basis, Fact, Place, Problem, Rule, problem

LOST_IN_MERGE = Rule("record-lost-in-merge", "contradiction", "own", source="V01")
WRITTEN_OVER = Rule("record-written-over", "contradiction", "own", source="V01")
ENTERED_TWICE = Rule("record-entered-twice", "contradiction", "implied", source="V01")
RULES = (LOST_IN_MERGE, WRITTEN_OVER, ENTERED_TWICE)

ONE_MATTER = ("duplicate-entry", "number-clash")


def check(system: System, measured: Measured) -> Iterator[Problem]:
    history = system.history
    if not history.log:
        return
    adopted = measured.approvals.adopted
    answered = Counter(_void(system))
    for loss in losses(system, adopted):
        facts: dict[str, Fact] = {
            "id": _number(loss.path), "commit": loss.by.id[:12], "entered": loss.entered.id[:12],
            "who": loss.entered.author_email,
        }  # fmt: skip
        if not _settled(answered, loss.path):
            rule = LOST_IN_MERGE if loss.merged else WRITTEN_OVER
            basis: Basis = "own" if loss.sure else "implied"
            yield problem(rule, _where(system, loss.path), ("7.5.3.b", "8.2.rec"), basis=basis, facts=facts)
    for met in collapsed(system, adopted):
        one, other = met.births
        if not _settled(answered, met.path):
            told = {"id": _number(met.path), "first": one.author_email, "second": other.author_email}
            yield problem(ENTERED_TWICE, _where(system, met.path), ("7.5.3.b",), facts=told)


def _void(system: System) -> Iterator[str]:
    """Numbers of which a void record says that a second entry was the same matter, or where it went."""
    for entry in system.of("void"):
        if word(entry.value, "reason_code") in ONE_MATTER:
            yield word(entry.value, "replaced_by") or ""


def _settled(answered: Counter[str], path: str) -> bool:
    """One void record answers for one loss."""
    number = _number(path)
    answered[number] -= 1
    return answered[number] >= 0


def _where(system: System, path: str) -> Place:
    entry = next((entry for entry in system.entries if entry.path == path), None)
    return place(entry, ("id",)) if entry else Place(path)


def _number(path: str) -> str:
    return path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
