"""What an import would do, before anything is written: the answer of the dry run (contract, `import`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ..load.tables import Table
from ..wording import text
from .import_fields import Field
from .import_map import Column
from .import_privacy import masked, masked_number

SHOWN = 40
"""So much of a value is shown in a message."""
LISTED = 100
"""So many unusable values are named one by one."""


@dataclass(slots=True)
class Plan:
    """What an import would do: number by row in order of receipt, and what was refused.

    `private` columns are kept out of the repository; `unmasked` ones hold dates, and
    numbers of cases and orders.
    `dropped` are dates that cannot be right beside the receipt: (row, column). `state` is a column without a field
    of its own for it that also says whether a case is closed.
    """

    file: str
    language: str
    table: Table
    columns: dict[str, Column]
    private: frozenset[str]
    unmasked: frozenset[str]
    fields: dict[str, Field]
    received: str
    state: tuple[str, Field] | None = None
    map_of: str = ""
    days: dict[int, date] = field(default_factory=dict)
    ids: dict[int, str] = field(default_factory=dict)
    rejected: list[dict[str, Any]] = field(default_factory=list)
    skipped: list[int] = field(default_factory=list)
    dropped: set[tuple[int, str]] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    rows: int = 0

    @property
    def mapping(self) -> dict[str, str | None]:
        return {name: self.columns[name].field if name in self.columns else None for name in self.table.columns}

    @property
    def formats(self) -> dict[str, dict[str, Any]]:
        """Per date field: how it is read, whether it can be read two ways, and from which column."""
        found = {}
        for name, bound in self.fields.items():
            if bound.reading is not None:
                form, ambiguous = bound.reading.text, bool(bound.reading.open)
                found[bound.column.field] = {"format": form, "ambiguous": ambiguous, "column": name}
        return found

    @property
    def undecided(self) -> str | None:
        """The first date column that can be read two ways, the date of receipt before others."""
        open_ones = [said["column"] for said in self.formats.values() if said["ambiguous"]]
        return self.received if self.received in open_ones else next(iter(open_ones), None)

    def kept(self, column: str, cell: str) -> str:
        """A cell as a record may hold it."""
        return masked_number(cell) if column in self.unmasked else masked(cell)

    def say(self, key: str, **facts: str | int) -> str:
        return text(f"import.{key}", self.language, file=self.file, **facts)

    def warn(self, key: str, **facts: str | int) -> None:
        self.warnings.append(self.say(key, **facts))

    def refuse(self, row: int, key: str, column: str, **facts: str | int) -> None:
        told = {name: masked(fact)[:SHOWN] if name == "value" else fact for name, fact in facts.items()}  # type: ignore[arg-type]
        self.rejected.append({"row": row, "reason": self.say(key, row=row, column=column, **told)})

    def as_data(self) -> dict[str, Any]:
        """The object of contract.md, `import --dry-run`."""
        return {
            "rows": self.rows, "accepted": len(self.ids), "rejected": self.rejected, "mapping": self.mapping,
            "dates": self.formats, "warnings": self.warnings, "counts": self.counts,
        }  # fmt: skip


def raw_row(made: Plan, cells: Sequence[str]) -> dict[str, str]:
    """What a record keeps of its row: every cell that says something, personal columns left out, the rest masked."""
    columns = made.table.columns
    return {c: made.kept(c, v) for c, v in zip(columns, cells, strict=False) if v and c not in made.private}


def rows_named(rows: Sequence[int]) -> str:
    """Row numbers for a sentence, a few and then how many more."""
    return ", ".join(map(str, rows[:20])) + (f" … (+{len(rows) - 20})" if len(rows) > 20 else "")
