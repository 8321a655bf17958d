"""Queries of the organisation's own indicators: each is tried, at arm's length, on the real facts (9.1 b)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ..load.positions import place
from ..measure import Measured
from ..measure.asking import QueryError, Slice
from ..measure.indicators import Indicator, answered, indicators_of
from ..measure.warehouse import warehouse
from ..model import System
from ..problems import Place, Problem, Rule, problem

QUERY_BROKEN = Rule("kpi-query-broken", "contradiction", "own")
QUERY_SLOW = Rule("kpi-query-slow", "contradiction", "own")
QUERY_NOT_SELECT = Rule("kpi-query-not-select", "contradiction", "own")
RULES = (QUERY_BROKEN, QUERY_SLOW, QUERY_NOT_SELECT)
BY_ID = {rule.id: rule for rule in RULES}


def check(system: System, measured: Measured) -> Iterator[Problem]:
    """Only what the engine did not ship is tried; its own queries are proven by its own tests."""
    foreign = [one for one in indicators_of(system) if one.own and not one.trusted]
    if not foreign:
        return
    year = Slice(date(system.as_of.year, 1, 1), date(min(system.as_of.year + 1, date.max.year), 1, 1), system.as_of)
    with warehouse(system, measured.complaints, copy=True) as house:
        for one in foreign:
            try:
                answered(house, one, [year])
            except QueryError as error:
                facts = {"id": one.id, "reason": error.reason}
                yield problem(BY_ID[error.rule], _place(one, error.line), ("9.1.b",), facts=facts)


def _place(one: Indicator, line: int) -> Place:
    """The line of the file that the error is in; the query of a block scalar starts one line below its key."""
    if "sql" not in one.entry.value:
        return place(one.entry)
    key = place(one.entry, ("sql",))
    if key.line is None:
        return key
    written = one.entry.source.text.splitlines()[key.line - 1]
    block = written.rstrip().endswith(("|", "|-", "|+", ">", ">-"))
    return Place(key.path, key.line + line - 1 + block, None if block else key.column)
