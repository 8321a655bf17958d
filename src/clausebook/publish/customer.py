"""What a customer is told in either edition: where to complain, and by when to hear from us (8.2, 7.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..measure.moments import rows
from ..model import Entry, System
from ..problems import Bilingual
from ..wording import choose, messages, text
from . import gate

DANGER = "first-action"
EVENTS = ("acknowledgement", "response", "result", DANGER)
"""The limits that a complainant can feel; the others are ours alone."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A way in that is open to everybody."""

    title: Bilingual
    form: Bilingual
    how: Bilingual


@dataclass(frozen=True, slots=True)
class Promise:
    """One step and its limits, `(severity, value, unit)` in the order of severity."""

    event: str
    title: Bilingual
    limits: tuple[tuple[str, float, str], ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """Channels and promises as they hold on the as-of date, with the names of the severities they tell apart."""

    channels: tuple[Channel, ...]
    promises: tuple[Promise, ...]
    severities: Mapping[str, Bilingual]


def offer_of(system: System) -> Offer:
    entry = system.first("time-limits")
    promises, severities = _promises(entry, system.as_of.isoformat()) if entry else ((), {})
    return Offer(tuple(_channels(system)), promises, severities)


def _channels(system: System) -> Iterator[Channel]:
    entry = system.first("organization")
    items = entry.kind.shape.properties["channels"].items if entry else None
    for row in rows(system.organisation, "channels") if items else ():
        gone = str(row.get("retired_on", "~")) <= system.as_of.isoformat()
        if items and row.get("open_to_public") is True and not gone:
            form = items.properties["form"].labels.get(str(row.get("form")), {"zh": "", "en": ""})
            yield Channel(_both(row, "title"), form, _both(row, "how"))


def _both(row: Mapping[str, Any], key: str) -> Bilingual:
    own = str(row.get(key, ""))
    return {"zh": own, "en": str(row.get(f"{key}_en", own))}


def _promises(entry: Entry, day: str) -> tuple[tuple[Promise, ...], Mapping[str, Bilingual]]:
    """The limits in force on a day, by the steps of EVENTS."""
    versions = entry.kind.shape.properties["versions"].items
    shape = versions.properties["limits"].items if versions else None
    if shape is None:
        return (), {}
    dated = [version for version in rows(entry.value, "versions") if str(version.get("effective_from_on", "~")) <= day]
    current = max(dated, key=lambda version: str(version["effective_from_on"]), default={})
    found: dict[str, list[tuple[str, float, str]]] = {}
    for limit in rows(current, "limits"):
        if isinstance(limit.get("value"), int | float):
            said = (str(limit.get("severity", "all")), limit["value"], str(limit.get("unit", "")))
            found.setdefault(str(limit.get("event")), []).append(said)
    titles, labels = shape.properties["event"].labels, shape.properties["severity"].labels
    promises = tuple(Promise(event, titles[event], tuple(sorted(found[event]))) for event in EVENTS if event in found)
    used = sorted({severity for promise in promises for severity, _, _ in promise.limits})
    return promises, {severity: labels.get(severity, {"zh": severity, "en": severity}) for severity in used}


def amount(value: float, unit: str, language: str) -> str:
    """`4 小时`, `1 working day`."""
    key = f"public.amount.{unit}"
    return text(key, language, n=f"{value:g}") if key in messages(language) else f"{value:g} {unit}"


def channel_lines(offer: Offer, language: str) -> Iterator[str]:
    """Ways in as a list: the name, the form it usually takes, how to get there."""
    yield '<div class="ways channels" markdown>'
    yield ""
    for channel in offer.channels:
        form = f"<small>{gate.text(choose(channel.form, language))}</small>"
        yield f"- **{gate.text(choose(channel.title, language))}** {form}<br>{gate.text(choose(channel.how, language))}"
    yield ""
    yield "</div>"
    yield ""


def limit_lines(offer: Offer, language: str) -> Iterator[str]:
    """The promises as a table, a column for each severity; a sentence where none are set yet."""
    if not offer.promises:
        yield text("site.no_limits", language)
        return
    names = {key: name for key, name in offer.severities.items() if key != "all" or len(offer.severities) == 1}
    yield from gate.header([text("public.promise", language), *(choose(name, language) for name in names.values())])
    for promise in offer.promises:
        if promise.event == DANGER:
            continue
        said = {severity: amount(value, unit, language) for severity, value, unit in promise.limits}
        cells = [gate.whole(said.get(severity, said.get("all", ""))) for severity in names]
        yield gate.row(gate.text(choose(promise.title, language)), *cells)
    yield ""
    danger = next((promise.limits[0] for promise in offer.promises if promise.event == DANGER), None)
    if danger:
        yield text("public.danger_within", language, amount=amount(danger[1], danger[2], language))
        yield ""
