"""Form: every entry against the schema of its kind. The schema's own annotations name the requirement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..load.positions import place
from ..load.schemas import below
from ..load.workspace import MARK
from ..measure import Measured
from ..model import Entry, Pointer, Shape, System
from ..nearness import nearest
from ..problems import Basis, Fact, Place, Problem, Rule, problem
from ..wording import both
from .asked import Asked
from .reporting import joined

UNKNOWN_FIELD = Rule("unknown-field", "contradiction", "own")
MISSING_FIELD = Rule("missing-field", "contradiction", "own")
EMPTY_FIELD = Rule("empty-field", "contradiction", "own")
WRONG_TYPE = Rule("wrong-type", "contradiction", "own")
BAD_DATE = Rule("bad-date", "contradiction", "own")
NOT_IN_LIST = Rule("not-in-list", "contradiction", "own")
BAD_PATTERN = Rule("bad-pattern", "contradiction", "own")
BAD_VALUE = Rule("bad-value", "contradiction", "own")
RECORD_INCOMPLETE = Rule("record-incomplete", "contradiction", "own")
RULES = (
    UNKNOWN_FIELD, MISSING_FIELD, EMPTY_FIELD, WRONG_TYPE, BAD_DATE, NOT_IN_LIST, BAD_PATTERN, BAD_VALUE,
    RECORD_INCOMPLETE,
)  # fmt: skip


LIMITS = frozenset({
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "maxLength", "maxItems", "uniqueItems",
    "propertyNames",
})  # fmt: skip


def check(system: System, measured: Measured) -> Iterator[Problem]:
    asked = Asked(measured)
    right = {id(entry) for entry in measured.sound.entries}
    for entry in system.entries:
        if id(entry) not in right:
            yield from _violations(system, entry, asked)
    yield from _incomplete(system)


def _violations(system: System, entry: Entry, asked: Asked) -> Iterator[Problem]:
    seen: set[tuple[str, Pointer, str]] = set()
    for keyword, pointer, details, path in system.schemas.errors(entry.kind.name, entry.value):
        if MARK.search(str(_at(entry.value, pointer))) and keyword in ("format", "pattern", "enum", "type"):
            continue  # not written yet; that is said once, by `placeholder`
        for rule, at, facts in _explained(entry, keyword, pointer, details, path):
            key = (rule.id, at, str(facts.get("field", "")))
            if key in seen:
                continue
            seen.add(key)
            yield problem(rule, place(entry, at), asked.of_field(entry, at), fatal=True, facts=facts)


def _explained(
    entry: Entry, keyword: str, pointer: Pointer, details: Mapping[str, Any], path: list[str | int]
) -> Iterator[tuple[Rule, Pointer, dict[str, Fact]]]:
    """One schema error as problems that a person can act on."""
    shape = below(entry.kind.shape, pointer)[-1]
    value = _at(entry.value, pointer)
    field = _named(pointer[-1] if pointer else entry.kind.name, shape)
    if keyword == "additionalProperties":
        for name in details["unexpected"]:
            near = nearest(name, shape.properties)
            yield UNKNOWN_FIELD, (*pointer, name), {"field": name, "near": near}
    elif keyword == "required":
        name = str(details["property"])
        missing = shape.properties.get(name)
        yield (
            MISSING_FIELD,
            (*pointer, name),
            {"field": _named(name, missing), "hint": missing.hint if missing else ""},
        )
    elif keyword == "oneOf":
        names = [name for option in _in_schema(entry, path) for name in option.get("required", ())]
        if not any(isinstance(value, dict) and name in value for name in names):
            yield MISSING_FIELD, (*pointer, names[0]), {"field": " / ".join(names), "hint": ""}
        else:
            given: list[str] = [name for name in names if isinstance(value, dict) and name in value]
            facts = {"field": " / ".join(names), "value": joined(given), "detail": both("check.value.oneOf")}
            yield BAD_VALUE, pointer, facts
    elif value is None or value == "" or keyword in ("minItems", "minLength", "minProperties"):
        yield EMPTY_FIELD, pointer, {"field": field}
    else:
        yield _value_problem(shape, keyword, pointer, details, field, value)


def _value_problem(
    shape: Shape, keyword: str, pointer: Pointer, details: Mapping[str, Any], field: Fact, value: Any
) -> tuple[Rule, Pointer, dict[str, Fact]]:
    """A single value that is not what its field takes."""
    facts: dict[str, Fact] = {"field": field, "value": _shown(shape, value)}
    if keyword == "type":
        return WRONG_TYPE, pointer, {**facts, "wanted": _types(details)}
    if keyword == "format":
        return BAD_DATE, pointer, {**facts, "wanted": str(details["format"])}
    if keyword in ("enum", "const"):
        options = [str(option) for option in details.get("options", [details.get("expected_value", "")])]
        near = nearest(str(value), options)
        return NOT_IN_LIST, pointer, {**facts, "options": _options(shape, options), "near": near}
    if keyword == "pattern":
        return BAD_PATTERN, pointer, {**facts, "pattern": str(details["pattern"])}
    return BAD_VALUE, pointer, {**facts, "detail": _limit(keyword, details)}


def _limit(keyword: str, details: Mapping[str, Any]) -> Fact:
    """What the value may be: the limit that the schema sets."""
    told = keyword if keyword in LIMITS else "other"
    return both(f"check.value.{told}", limit=str(details.get("limit", "")))


def _incomplete(system: System) -> Iterator[Problem]:
    """What an imported log lacks against a record made here (real input).

    A record received since the system began is completed one by one. What an older log cannot know is said once for
    an import and the fields it lacks, at the import's own record: it counts for trends only. Without a start
    nothing is excused, but it is one decision that is missing and not one for each record.
    """
    started = str(system.organisation.get("system_effective_on", ""))
    known = started[:1].isdigit()
    manifests = {entry.id: entry for entry in system.of("import")}
    history: dict[tuple[str, tuple[str, ...]], list[Entry]] = {}
    for entry in system.of("complaint"):
        imported = entry.value.get("imported")
        if not isinstance(imported, dict):
            continue
        lacking = tuple(name for name in intake_fields(entry.kind.schema) if name not in entry.value)
        received = str(entry.value.get("received_at") or entry.value.get("received_on") or "")[:10]
        log = str(imported.get("import", ""))
        if not lacking:
            continue
        if log in manifests and (not known or received < started):
            history.setdefault((log, lacking), []).append(entry)
        else:
            basis: Basis = "implied" if known and received < started else "own"
            yield _lacking(entry, place(entry), lacking, basis)
    for (log, lacking), entries in history.items():
        facts: dict[str, Fact] = {"records": len(entries), "first": entries[0].id}
        yield _lacking(entries[0], place(manifests[log]), lacking, "implied" if known else "own", facts)


def _lacking(
    entry: Entry, at: Place, lacking: tuple[str, ...], basis: Basis, facts: Mapping[str, Fact] | None = None
) -> Problem:
    properties = entry.kind.shape.properties
    names = {
        language: between.join(properties[name].title[language] for name in lacking)
        for language, between in (("zh", "、"), ("en", ", "))
    }
    asked = tuple(dict.fromkeys(r for name in lacking for r in properties[name].requirements))
    told = {"records": "", "first": "", **(facts or {})}
    return problem(
        RECORD_INCOMPLETE, at, asked or ("8.2.rec",), basis=basis, facts=told, fields=names, count=len(lacking)
    )


def _in_schema(entry: Entry, path: list[str | int]) -> list[Mapping[str, Any]]:
    found: Any = entry.kind.schema
    for step in path:
        found = found[int(step)] if isinstance(found, list) else found.get(step, {})
    return found if isinstance(found, list) else []


def intake_fields(schema: Mapping[str, Any]) -> list[str]:
    """What a record made here must have, and an imported one need not: the schema's `else` for `imported`."""
    for condition in schema.get("allOf", ()):
        if condition.get("if", {}).get("required") == ["imported"]:
            return list(condition.get("else", {}).get("required", ()))
    return []


def _at(value: Any, pointer: Pointer) -> Any:
    for step in pointer:
        value = value[step]
    return value


def _named(name: str | int, shape: Shape | None) -> dict[str, str]:
    """A field as people know it: its key and its title."""
    title = shape.title if shape else {"zh": "", "en": ""}
    if not title["zh"]:
        return {"zh": str(name), "en": str(name)}
    return {"zh": f"{name}（{title['zh']}）", "en": f"{name} ({title['en']})"}


def _shown(shape: Shape, value: Any) -> Fact:
    """The value for a message; what may hold personal data is never printed."""
    if shape.private:
        return {
            "zh": f"（已隐去 {len(str(value))} 个字符）",
            "en": f"<redacted, {len(str(value))} characters>",
        }
    return str(value)[:60]


def _types(details: Mapping[str, Any]) -> dict[str, str]:
    names = {
        "integer": ("整数", "a whole number"), "number": ("数字", "a number"),
        "boolean": ("true 或 false", "true or false"),
        "string": ("文字", "text"), "array": ("列表（每行以 - 开头）", "a list (each line begins with -)"),
        "object": ("若干字段", "fields (key: value)"),
    }  # fmt: skip
    zh, en = names.get(str(details["types"][0]), (str(details["types"]), str(details["types"])))
    return {"zh": zh, "en": en}


def _options(shape: Shape, options: list[str]) -> dict[str, str]:
    labelled = {
        lang: [f"{o}（{shape.labels[o][lang]}）" if o in shape.labels else o for o in options[:24]]
        for lang in ("zh", "en")
    }
    return {
        "zh": "、".join(labelled["zh"]),
        "en": ", ".join(labelled["en"]).replace("（", " (").replace("）", ")"),
    }
