"""All wording, in two languages with equal keys: `text(key, language, **facts)` over data/locale/<language>/."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from .shipped import shipped

if TYPE_CHECKING:
    from .problems import Bilingual, Fact

LANGUAGES = ("zh", "en")
# [[Near: {near}]] is left out when one of its facts is empty.
OPTIONAL = re.compile(r"\[\[(.*?)\]\]")
COMMA: Bilingual = {"zh": "、", "en": ", "}
"""Between the members of a list."""
SEMICOLON: Bilingual = {"zh": "；", "en": "; "}
"""Between statements that stand side by side."""
PAUSE: Bilingual = {"zh": "，", "en": ", "}
"""Between the parts of one statement."""
COLON: Bilingual = {"zh": "：", "en": ": "}
"""Between a name and what it is."""
FACT = re.compile(r"\{([a-z_]+)\}")
AGREEING = re.compile(r"\{[a-z_]+:([^{}|]*)\|([^{}]*)\}")
"""A word that agrees with a number: what it is for one, what it is for many."""


@lru_cache(maxsize=4)
def messages(language: str) -> Mapping[str, Any]:
    """The flat catalogue of one language: `file.key.key` → text; the files of a folder share its name."""
    folder = shipped("locale") / language
    rooms = sorted({file.relative_to(folder).parts[0].removesuffix(".yaml") for file in folder.rglob("*.yaml")})
    return {key: said for name in rooms for key, said in room(name, language).items()}


@cache
def room(name: str, language: str) -> Mapping[str, Any]:
    """One file of the catalogue, or the files of one folder. A file in the form of JSON, which is YAML too, is read
    without the YAML library: `--help` is there before that is loaded."""
    import json

    folder = shipped("locale") / language
    flat: dict[str, Any] = {}
    alone = folder / f"{name}.yaml"
    for file in [alone] if alone.is_file() else sorted((folder / name).rglob("*.yaml")):
        said = file.read_text("utf-8")
        _flatten(name, json.loads(said) if said.startswith("{") else _parsed(said), flat)
    return flat


def _parsed(said: str) -> Any:
    import yaml

    return yaml.load(said, Loader=yaml.CSafeLoader)


def _flatten(prefix: str, value: Any, flat: dict[str, Any]) -> None:
    if isinstance(value, dict):
        for key, child in value.items():
            _flatten(f"{prefix}.{key}", child, flat)
    else:
        flat[prefix] = value


def text(key: str, language: str, /, **facts: Fact) -> str:
    """The text of `key`, its `{facts}` filled in. A missing key is a bug of ours and raises KeyError."""
    template = str(messages(language)[key]).strip()
    known = _Facts(facts, language)
    template = OPTIONAL.sub(lambda part: part[1] if known.fill(part[1]) else "", template)
    return _Words().vformat(template, (), known).strip()


class _Words(string.Formatter):
    """`{count:case|cases}` is the word that agrees with a number: the first for one, the second for any other."""

    def format_field(self, value: Any, format_spec: str) -> str:
        one, _, many = format_spec.partition("|")
        return (one if value in ("1", "-1") else many) if format_spec else str(value)


def both(key: str, /, **facts: Fact) -> Bilingual:
    """The text of `key` in every language: a fact of another message."""
    return {language: text(key, language, **facts) for language in LANGUAGES}


class _Facts(dict[str, str]):
    def __init__(self, facts: Mapping[str, Fact], language: str) -> None:
        super().__init__({name: printable(choose(fact, language)) for name, fact in facts.items()})

    def fill(self, part: str) -> bool:
        """True when every fact that the part mentions says something."""
        return all(self.get(name) for name in FACT.findall(part))


def aside(said: str, language: str) -> str:
    """A remark in brackets, to be put straight behind what it is about."""
    return f"（{said}）" if language == "zh" else f" ({said})"


def choose(fact: Fact | None, language: str) -> str:
    """One language of a bilingual value; the other one if that is all there is."""
    if fact is None:
        return ""
    if isinstance(fact, Mapping):
        return str(fact.get(language) or fact.get("zh") or fact.get("en") or "")
    return str(fact)


def printable(value: str, limit: int = 200) -> str:
    """User text made safe for a terminal and a CI log: no control characters, no workflow commands."""
    clean = "".join(ch if ch.isprintable() else "\ufffd" if ch not in "\r\n\t" else " " for ch in value)
    clean = " " + clean if clean.startswith("::") else clean
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"
