"""Which rows of a log become records and which are refused, each with file, row, column and reason (8.2).

Refused are only rows without a date of receipt or with an impossible one, rows that do not fit their header, rows
that end before they begin, and rows that contradict an earlier import. What a log lacks is not refused.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime

from ..measure.moments import zone_of
from ..model import System
from ..wording import text
from .date_columns import Reading
from .dates import EARLIEST, writing
from .import_fields import at, says_nothing
from .import_plan import LISTED, SHOWN, Plan, rows_named
from .import_privacy import masked
from .import_scan import COUNTED, DAMAGED, Row, Scan

FOLLOWING = ("imported.registered_on", "imported.responded_on", "imported.closed_on")
"""What cannot come before the receipt or after the date that rules; then the receipt itself is in doubt."""
NOTED = ("imported.sent_on", "imported.due_on")
"""What is noted and left out when it comes before the receipt: it is another's date or a plan."""


NUMBER = re.compile(r"CC-[0-9]{4}-[0-9]{4,7}")
TWICE = re.compile(r"(.+) \(([0-9]+)\)")
"""What `header_rows.named` makes of a name that was there before."""


class Judge:
    """Decides on every row that a scan has read, and tells what a person should know."""

    def __init__(self, system: System, made: Plan, scan: Scan) -> None:
        self.system, self.made, self.scan = system, made, scan
        self.reading = made.fields[made.received].reading or Reading()
        self.zone = zone_of(system.organisation)
        self.taken = {entry.id for entry in system.of("complaint", "void")}
        self.order: list[tuple[int, str]] = []
        self.others = [(made.fields[name], place) for place, name in enumerate(scan.dated)]

    def run(self) -> None:
        made, rows = self.made, self.scan.rows
        totals = [row.number for row in rows if row.total and self.reading.parse(row.received) is None]
        rows = [row for row in rows if not row.total or self.reading.parse(row.received) is not None]
        good = [n for n, row in enumerate(rows) if self.reading.parse(row.received) or row.filled]
        dated = any(self.reading.parse(row.received) for row in rows)
        last = good[-1] + 1 if good and dated else len(rows)
        made.rows += last
        for row in rows[:last]:
            self._judge(row)
        made.rejected.sort(key=lambda refused: refused["row"])
        self._number()
        self._tell(totals, [row.number for row in rows[last:]])

    def _judge(self, row: Row) -> None:
        made, day = self.made, self._day(row.received)
        where = {"column": made.received, "value": row.received}
        if not row.received:
            made.refuse(row.number, "row-no-date", made.received)
        elif day is None and self.reading.open and writing(row.received) not in self.reading.formats:
            made.refuse(row.number, "row-two-readings", formats=" / ".join(self.reading.open), **where)
        elif day is None:
            made.refuse(row.number, "row-bad-date", **where)
        elif day > self.system.as_of:
            made.refuse(row.number, "row-future", as_of=self.system.as_of.isoformat(), **where)
        elif day < EARLIEST:
            made.refuse(row.number, "row-too-old", year=EARLIEST.year, **where)
        elif self.scan.own is not None and not self._own_number(row):
            pass
        elif row.raw is not None and self.scan.earlier.brought(row.raw, day):
            made.skipped.append(row.number)
        elif self._in_order(row, day):
            record = self.scan.earlier.changed(row.raw, row.case, day) if row.raw is not None else None
            if record is None:
                made.days[row.number] = day
            else:
                column = made.table.columns[self.scan.external or 0]
                made.refuse(row.number, "row-changed", column, value=row.case or row.received, record=record)

    def _own_number(self, row: Row) -> bool:
        """Whether a record of our own export may have its number again: a number of ours, and nobody's yet."""
        column = self.made.table.columns[self.scan.own or 0]
        if NUMBER.fullmatch(row.own) and row.own not in self.taken:
            self.taken.add(row.own)
            return True
        key = "row-number-taken" if row.own in self.taken else "row-bad-number"
        self.made.refuse(row.number, key, column, value=row.own)
        return False

    def _day(self, value: str) -> date | None:
        """The day of receipt in the organisation's own time zone."""
        day = self.reading.parse(value)
        if day is None:
            return None
        own = at(value, day, self.zone, self.reading.clock(value))
        return datetime.fromisoformat(own).astimezone(self.zone).date() if own else day

    def _in_order(self, row: Row, received: date) -> bool:
        for bound, place in self.others:
            value, day = row.dates[place], None
            if value and bound.reading is not None:
                day = bound.reading.parse(value)
            if day is None:
                continue
            facts = {"value": value, "receipt": row.received, "as_of": self.system.as_of.isoformat()}
            if bound.column.field in FOLLOWING and not received <= day <= self.system.as_of:
                key = "row-future" if day > self.system.as_of else "row-before-receipt"
                self.made.refuse(row.number, key, bound.name, **facts)
                return False
            if bound.column.field in NOTED and day < received:
                self.made.dropped.add((row.number, bound.name))
                said = self.made.say("noted-before-receipt", row=row.number, column=bound.name, **facts)
                self.order.append((row.number, said))
        return True

    def _number(self) -> None:
        taken = highest_numbers(self.system)
        own = {row.number: row.own for row in self.scan.rows if row.own}
        for row, day in sorted(self.made.days.items(), key=lambda item: (item[1], item[0])):
            taken[day.year] += 1
            self.made.ids[row] = own.get(row) or f"CC-{day.year}-{taken[day.year]:04d}"

    def _tell(self, totals: list[int], phantoms: list[int]) -> None:
        """What was left out and why, then what could not be used, in the order of the columns."""
        made, scan = self.made, self.scan
        made.counts = {
            name: {masked(value): number for value, number in counter.most_common()}
            for name, counter in scan.counters.items() if len(counter) <= COUNTED
        }  # fmt: skip
        self._tell_of_the_table()
        for key, rows in (("totals", totals), ("headers", scan.headers), ("phantom", phantoms)):
            if rows:
                made.warn(key, count=len(rows), row=rows[0], rows=rows_named(rows))
        if scan.short:
            row, cells = scan.short[0]
            made.warn("short", row=row, cells=cells, columns=len(scan.index), count=len(scan.short))
        if made.skipped:
            made.warn("skipped", count=len(made.skipped), row=made.skipped[0])
        if scan.doubles.rows:
            pairs = ", ".join(f"{row} = {first}" for row, first in scan.doubles.rows[:20])
            made.warn("doubles", count=len(scan.doubles.rows), pairs=pairs)
        for row, first, number in scan.doubles.again[:20]:
            made.warn("number-again", row=row, first=first, value=number[:SHOWN])
        made.warnings += [said for _, said in self.order[:LISTED]]
        if len(self.order) > LISTED:
            made.warn("order-more", count=len(self.order) - LISTED)
        made.warnings += self._unusable()

    def _tell_of_the_table(self) -> None:
        made, table = self.made, self.made.table
        if not made.rows:
            made.warn("no-rows")
        for name in table.columns:
            if name in made.private:
                made.warn("token" if name in made.fields else "personal", column=name)
        for name, seen in self.scan.masks.items():
            made.warn("masked", column=name, count=seen.count, row=seen.row)
        if "complainant.ref" not in {bound.column.field for bound in made.fields.values()}:
            made.warn("no-person-key")
        for name in table.columns:
            if (twice := TWICE.fullmatch(name)) and twice[1] in table.columns:
                made.warn("header-twice", column=twice[1], place=twice[2], name=name)
        if table.header_from != table.header:
            made.warn("two-rows", row=table.header_from, last=table.header)
        if table.header_from > 1:
            made.warn("title-rows", row=table.header_from)
        if table.other_sheets:
            made.warn("sheet", sheet=table.sheet or "", others=", ".join(table.other_sheets))
        if made.state:
            name, bound = made.state
            told = self.scan.counters.get(name, Counter[str]())
            # Free text that happens to be a word for a state says nothing; a column of few answers does.
            if len(told) > COUNTED or not any(bound.given(value) for value in told if value):
                made.state = None
            else:
                made.warn("state-from", column=name)

    def _unusable(self) -> list[str]:
        """Values that no field can take, each with its first row and how often it occurs."""
        made, found = self.made, []
        for name, values in self.scan.seen.items():
            bound = made.fields.get(name)
            for value, seen in values.items():
                where: dict[str, str | int] = {
                    "row": seen.row, "column": name, "value": masked(value)[:SHOWN], "count": seen.count,
                }  # fmt: skip
                if name in self.scan.numbers and DAMAGED.fullmatch(value):
                    found.append((seen.count, made.say("damaged-number", **where)))
                elif bound is None or name in (made.received, *made.private) or says_nothing(value):
                    continue
                elif bound.given(value) is None:
                    reason = text(f"import.{bound.told[value]}", made.language)
                    where |= {"field": bound.column.field, "reason": reason}
                    found.append((seen.count, made.say("field-value", **where)))
        found.sort(key=lambda item: -item[0])
        more = [made.say("field-more", count=len(found) - LISTED)] if len(found) > LISTED else []
        return [said for _, said in found[:LISTED]] + more


def highest_numbers(system: System) -> Counter[int]:
    """The highest number used in each year, voids included."""
    highest: Counter[int] = Counter()
    for entry in system.of("complaint", "void"):
        found = re.fullmatch(r"CC-([0-9]{4})-([0-9]+)", entry.id)
        if found:
            year, number = int(found[1]), int(found[2])
            highest[year] = max(highest[year], number)
    return highest
