"""Values to YAML that our loader reads back as the same text, in block style and in the given order."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import yaml


class _Dumper(yaml.CSafeDumper):
    """libyaml's writer; texts of several lines stay readable."""


def _text(dumper: _Dumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value and value == value.strip() else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def to_yaml(value: Mapping[str, Any]) -> str:
    """Keys in the given order; every string that could be read as anything else is quoted."""
    return str(
        yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110, default_flow_style=False)
    )


PLAIN = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}|[A-Za-z㐀-鿿](?:[\\w ./()+%、。，（）-]*[\\w.)%。）])?")
# What other readers of YAML take for something else than text.
WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


def to_yaml_fast(value: Mapping[str, Any]) -> str:
    """As `to_yaml`, for mappings of texts, whole numbers, lists and mappings: ten times as fast, for whole logs."""
    lines: list[str] = []
    _write(value, "", lines.append)
    return "".join(lines)


def _write(value: Mapping[str, Any], indent: str, put: Callable[[str], None]) -> None:
    for key, child in value.items():
        head = f"{indent}{_scalar(key)}:"
        if isinstance(child, str):
            put(f"{head} {_block(child, indent) if _is_block(child) else _scalar(child)}\n")
        elif isinstance(child, dict):
            put(f"{head}\n" if child else f"{head} {{}}\n")
            _write(child, indent + "  ", put)
        elif isinstance(child, list):
            put(f"{head}\n")
            for item in child:
                put(f"{indent}  - {_scalar(str(item))}\n")
        else:
            put(f"{head} {json.dumps(child)}\n")


def _is_block(text: str) -> bool:
    """Several lines that a literal block gives back unchanged."""
    if "\n" not in text:
        return False
    lines = text.split("\n")
    return all(line == line.strip() and line.isprintable() for line in lines) and bool(lines[0])


def _block(text: str, indent: str) -> str:
    return "|-\n" + "\n".join(f"{indent}  {line}" if line else "" for line in text.split("\n"))


@lru_cache(maxsize=65536)
def _scalar(text: str) -> str:
    """Plain when nobody can misread it, else in double quotes, whose escapes are those of JSON."""
    if len(text) < 200 and PLAIN.fullmatch(text) and text.lower() not in WORDS:
        return text
    return json.dumps(text, ensure_ascii=False)
