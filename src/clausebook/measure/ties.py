"""The links between complaints read backwards: which later cases repeat a case (8.4, K14)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from .cases import Case


def repeated_by(cases: Iterable[Case]) -> Mapping[str, Mapping[str, list[str]]]:
    """Case → kind of repeat (r1, r2, system) → the later cases that repeat it, in path order."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for case in cases:
        for kind, ids in (("r1", case.repeats.r1), ("r2", case.repeats.r2), ("system", case.repeats.system)):
            for earlier in ids:
                found[earlier][kind].append(case.id)
    return found
