"""For whom a spot matters: the requirements that a field serves, or whose evidence the thing around it is."""

from __future__ import annotations

from collections import defaultdict

from ..load.schemas import below
from ..measure import Measured
from ..model import Entry, Pointer


class Asked:
    """Answers from one inversion of the evidence, made when the first problem asks for it."""

    def __init__(self, measured: Measured) -> None:
        self._measured = measured
        self._carries: dict[int, list[tuple[Pointer, str]]] | None = None

    def of_field(self, entry: Entry, pointer: Pointer) -> tuple[str, ...]:
        """By the schema's annotation nearest to the field, else by the evidence around it."""
        for shape in reversed(below(entry.kind.shape, pointer)):
            if shape.requirements:
                return shape.requirements
        return self.of_evidence(entry, pointer)

    def of_evidence(self, entry: Entry, pointer: Pointer = ()) -> tuple[str, ...]:
        """The requirements that take the entry, or the part around `pointer`, as evidence; else the kind's clauses."""
        carried = (who for at, who in self._of(entry) if pointer[: len(at)] == at)
        return tuple(dict.fromkeys(carried)) or entry.kind.clauses

    def _of(self, entry: Entry) -> list[tuple[Pointer, str]]:
        if self._carries is None:
            self._carries = defaultdict(list)
            for identifier, evidence in self._measured.evidence.items():
                for thing in evidence.things:
                    self._carries[id(thing.entry)].append((thing.pointer, identifier))
        return self._carries.get(id(entry), [])
