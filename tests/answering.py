"""What is right, for the questions of auditors: what the commands answer, and the records as they were written.

Nothing here reads a page or a maker of pages. `World.names` are the words that tests/questions.yaml may use.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from clausebook.cli import group
from clausebook.model import Shape
from clausebook.pipeline import run

Row = dict[str, Any]
NONE = {"zh": "本期无", "en": "None in the period"}


class World:
    """One organisation on one day, in one language."""

    def __init__(self, root: Path, as_of: date, language: str) -> None:
        self.root, self.as_of, self.language = root, as_of.isoformat(), language
        self.system = run(root, as_of).system
        self.history = cache(lambda number: self.told("history", number))
        self.check, self.alerts = self.told("check"), self.told("alerts")
        self.kpi = {row["id"]: row for row in self.told("kpi")["kpis"]}

    def told(self, *words: str) -> Any:
        """What a command answers as JSON."""
        asked = [*words, "--root", str(self.root), "--as-of", self.as_of, "--format", "json"]
        return json.loads(CliRunner().invoke(group, asked).stdout)

    # The records as written, and what people call the ids in them.

    def of(self, kind: str) -> list[Row]:
        return [dict(entry.value) for entry in self.system.of(kind)]

    def one(self, kind: str) -> Row:
        return self.of(kind)[0]

    def last(self, kind: str, key: str) -> Row:
        return max(self.of(kind), key=lambda row: (row.get(key, ""), row["id"]))

    def ids(self, kind: str) -> set[str]:
        return {row["id"] for row in self.of(kind)}

    def items(self, kind: str) -> list[Row]:
        return [row for register in self.of(kind) for row in register["items"]]

    def register(self, kind: str) -> Row:
        return self.one(kind)

    def newest_id(self, kind: str) -> str:
        """The record of a kind with the latest day in its first dated field."""

        def dated(row: Row) -> str:
            return next((str(v) for k, v in row.items() if isinstance(v, str) and k.endswith(("_on", "_at"))), "")

        return str(max(self.of(kind), key=lambda row: (dated(row)[:10], row["id"]))["id"])

    def reason(self, requirement: str) -> str:
        """Why a requirement does not apply, in the organisation's words."""
        rows = self.system.organisation["not_applicable"]
        return next(str(row["reason"]) for row in rows if row["requirement"] == requirement)

    def called(self, rows: Iterable[Row], number: str) -> str:
        row = next(row for row in rows if row.get("id") == number)
        name = row.get("title") or row.get("name")
        name = row.get("title_en", row.get("name_en", name)) if self.language == "en" else name
        return str(name[self.language] if isinstance(name, dict) else name)

    def named(self, what: str, ids: Iterable[str]) -> list[str]:
        """Sites, products, channels … by what org.yaml calls them."""
        rows = self.system.organisation[f"{what}s"]
        return [self.called(rows, number) for number in ids]

    def person(self, number: str) -> str:
        return self.called(self.items("people"), number)

    def role(self, number: str) -> str:
        return self.called([row for roles in self.of("roles") for row in roles["roles"]], number)

    def title(self, document: Row) -> str:
        return str(document.get("title_en", document["title"]) if self.language == "en" else document["title"])

    def label(self, kind: str, path: str, value: str) -> str:
        """What the schema calls a value of an enumeration."""
        shape: Shape = self.system.kinds[kind].shape
        for step in path.split("."):
            shape = (shape.items or shape).properties[step]
        return str((shape.items or shape).labels[value][self.language])

    def limits(self, *events: str) -> list[str]:
        """The limits in force, as a number with its unit."""
        shape = self.system.kinds["time-limits"].shape.properties["versions"].items
        assert shape is not None
        row = shape.properties["limits"].items
        assert row is not None
        words = row.properties["unit"].labels
        asked = [one for one in self.one("time-limits")["versions"][-1]["limits"] if one["event"] in events]
        return [str(one["value"]) for one in asked] + [words[one["unit"]][self.language] for one in asked]

    # Pages by what stands on them.

    @property
    def controlled(self) -> list[Row]:
        return [dict(entry.value) for entry in self.system.entries if entry.controlled]

    def serving(self, clause: str, *kinds: str) -> list[Row]:
        """Documents that say they serve a clause; of the first of the kinds that has any."""
        if not kinds:
            return [row for row in self.controlled if clause in row.get("clauses", ())]
        found = ([row for row in self.of(kind) if clause in row.get("clauses", ())] for kind in kinds)
        return next((rows for rows in found if rows), [])

    def page_of(self, document: Row) -> str:
        return f"documents/{str(document['number']).replace('/', '-')}.html"

    def doc(self, kind: str) -> str:
        return self.page_of(self.one(kind))

    def revisions(self, kind: str) -> str:
        return self.doc(kind).replace(".html", "-revisions.html")

    def record(self, kind: str, number: str) -> str:
        return f"records/{kind}/{number}.html"

    def approval(self, kind: str) -> Row:
        """The act that approved the version of a document that is in force."""
        document = self.one(kind)
        found = self.history(document["number"])["approvals"]
        return next(a for a in found if a["meaning"] == "approve" and a["version"] == document["version"])

    # What the commands count.

    def total(self, clause: str) -> int:
        return len(self._coverage(clause))

    def evidenced(self, clause: str) -> int:
        return sum(row["status"] == "evidenced" for row in self._coverage(clause))

    def failing(self, clause: str) -> int:
        return sum(row["status"] == "failing" for row in self._coverage(clause))

    def _coverage(self, clause: str) -> list[Row]:
        known = self.system.catalogue.requirements
        return [row for row in self.check["coverage"] if known[row["id"]].clause == clause]

    def count_of(self, rule: str) -> int:
        return sum(problem["rule"] == rule for problem in self.check["problems"])

    def told_of(self, record: Row, requirement: str = "") -> list[str]:
        """What `check` says of a record, one message once."""
        found = [one for one in self.check["problems"] if one["path"].endswith(f"/{record['id']}.yaml")]
        asked = [one["message"] for one in found if not requirement or one["requirement"] == requirement]
        return list(dict.fromkeys(asked))

    @property
    def errors(self) -> int:
        return sum(problem["level"] == "error" for problem in self.check["problems"])

    @property
    def open_lapses(self) -> int:
        return sum(problem["class"] == "lapse" for problem in self.check["problems"])

    def ratio(self, name: str) -> str:
        return f"{self.kpi[name]['numerator']}/{self.kpi[name]['denominator']}"

    @property
    def alarm(self) -> Row | None:
        alarms = [one for one in self.alerts["alarms"] if not one["historical"]]
        return max(alarms, key=lambda one: (one["raised_on"], one["id"]), default=None)

    @property
    def twelve_months(self) -> list[Row]:
        """Complaints of the last twelve calendar months but for those found to be none or to be known already."""
        year, month = int(self.as_of[:4]), int(self.as_of[5:7])
        first = f"{year - 1 + month // 12:04d}-{month % 12 + 1:02d}"
        none = ("not_complaint", "duplicate")
        return [
            c for c in self.of("complaint") if day(c)[:7] >= first and c.get("closure", {}).get("basis") not in none
        ]

    def tally(self, key: str) -> list[str]:
        """Each name with its count."""
        found = Counter(one for c in self.twelve_months for one in (c[key] if isinstance(c[key], list) else [c[key]]))
        names = self.named("channel", found) if key == "channel" else [self.type_name(one) for one in found]
        return [f"{name} {number}" for name, number in zip(names, found.values(), strict=True)]

    def type_name(self, number: str) -> str:
        return self.called([row for one in self.of("intake-criteria") for row in one["types"]], number)

    @property
    def oral(self) -> list[Row]:
        forms = {row["id"]: row.get("form") for row in self.system.organisation["channels"]}
        return [c for c in self.of("complaint") if (c.get("form") or forms[c["channel"]]) == "oral"]

    @property
    def rejected(self) -> list[Row]:
        return [c for c in self.of("complaint") if "alternatives" in c and c["reaction"]["answer"] == "rejected"]

    @property
    def unhappy(self) -> list[Row]:
        low = self.system.organisation.get("follow_up", {}).get("dissatisfied_at_or_below", 2)
        return [
            c for c in self.of("complaint")
            if any(isinstance(score := one.get("follow_up", {}).get(key), int) and score <= low
                   for one in (c, *c.get("reopenings", ())) for key in ("process_score", "outcome_score"))
        ]  # fmt: skip

    @property
    def askers(self) -> list[str]:
        """Who asked most complainants how satisfied they are."""
        found = Counter(
            c["follow_up"]["scored_by"] for c in self.of("complaint") if "scored_by" in c.get("follow_up", {})
        )
        return [found.most_common(1)[0][0]]

    @property
    def counted_by_sources(self) -> int:
        return sum(int(row["count"]) for one in self.of("channel-count") for row in one["items"])

    def changed_since(self, on: str) -> list[Row]:
        """Documents with a version put into force after a day."""

        def after(row: Row) -> bool:
            return any(on < one["on"] <= self.as_of for one in row.get("history", ()))

        return [row for row in self.controlled if after(row)]

    def names(self) -> Mapping[str, Any]:
        """The words that an expectation may use."""
        known = [name for name in dir(self) if not name.startswith("_") and name not in ("names", "chosen")]
        words = {"day": day, "minute": minute, "newest": newest, "conclusions": conclusions}
        return {**{name: getattr(self, name) for name in known}, **self.chosen(), **words, "NONE": NONE[self.language]}

    def chosen(self) -> Row:
        """Records that show what is asked: one complaint told to the end, one mended nonconformity, one audit."""
        complete = ("ack", "assessment", "investigation", "response", "result_notified", "closure", "follow_up")
        told = [c for c in self.of("complaint") if all(key in c for key in complete) and c["follow_up"].get("comment")]
        mended = [n for n in self.of("nonconformity") if n.get("effectiveness", {}).get("evaluated_on")]
        audits = [a for a in self.of("audit") if a["type"] == "internal" and "finished_on" in a]
        return {
            "told": newest(told), "mended": mended[-1], "audit": max(audits, key=lambda a: a["finished_on"]),
            "handler": newest(told)["handler"],
            "alarm_row": f"tr:has([id='{self.alarm['id']}'])" if self.alarm else "article",
        }  # fmt: skip


def conclusions(inputs: Any) -> list[str]:
    """Management's own conclusion to every input, wherever it stands."""
    if isinstance(inputs, list):
        return [said for one in inputs for said in conclusions(one)]
    if not isinstance(inputs, dict):
        return []
    own = [inputs["conclusion"]] if isinstance(inputs.get("conclusion"), str) else []
    return own + [said for one in inputs.values() for said in conclusions(one)]


def day(complaint: Row) -> str:
    return str(complaint.get("received_at") or complaint["received_on"])[:10]


def newest(complaints: list[Row]) -> Row:
    return max(complaints, key=lambda c: (day(c), c["id"]))


def minute(at: str) -> str:
    """A moment as pages write it, on the clock it was written by."""
    return at[:16].replace("T", " ")
