"""7.5.3, the gate of the repository: whom the forge asks, and that no attribute rewrites what was approved."""

from __future__ import annotations

from collections.abc import Iterator

from ...measure import Measured
from ...measure.guards import owners_block
from ...model import System
from ...problems import Fact, Place, Problem, Rule, problem

ATTRIBUTE_REWRITES = Rule("attribute-rewrites", "contradiction", "own")
OWNERS_DIFFER = Rule("owners-differ", "contradiction", "implied")
RULES = (ATTRIBUTE_REWRITES, OWNERS_DIFFER)


def check(system: System, measured: Measured) -> Iterator[Problem]:
    for said in system.history.rewriting:
        facts: dict[str, Fact] = {
            "attribute": f"{said.attribute}={said.value}", "count": said.count, "first": said.first,
        }  # fmt: skip
        yield problem(ATTRIBUTE_REWRITES, Place(said.path, said.line), ("7.5.3.b",), facts=facts)
    yield from _owners(system)


def _owners(system: System) -> Iterator[Problem]:
    """Only where there is such a file: which forge an organisation has is its own affair."""
    block = owners_block(system) if system.owners is not None else ""
    if system.owners is None or not block or system.owners.text.rstrip().endswith(block.rstrip()):
        return
    here = [" ".join(line.split()) for line in system.owners.text.split("\n")]
    wanted = (" ".join(line.split()) for line in block.split("\n")[1:-2])
    missing = next((line for line in wanted if line not in here), "")
    yield problem(OWNERS_DIFFER, Place(system.owners.path), ("7.5.3.ctl1",), facts={"expected": missing})
