"""Pages to site: mkdocs or Zensical draws build/pages, then the site is swapped in whole. Nobody else knows them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import yaml

from ..problems import UserError
from ..wording import LANGUAGES, text
from . import gate
from .anchor import NAME, fasten
from .files import remove, swap
from .policy import seal

Renderer = Literal["mkdocs", "zensical"]
CONFIG = "mkdocs.yml"
OWN_CONFIG = ".clausebook-site.yml"
"""Our copy of mkdocs.yml for one run; it stands beside it, so that every path in it means the same."""

DRAWN = "build/site.new"
TOLD = 6
TELLING = ("WARNING", "rror", "not found", "does not exist", ".md:", "ndefined")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def render(root: Path, out: Path, renderer: Renderer) -> None:
    """Run the renderer and put its site at `out`, whole; on failure the old site stays as it was."""
    config = root / CONFIG
    if not config.is_file():
        raise UserError("renderer-failed", detail=f"{CONFIG}?")
    drawn = root / DRAWN
    own = root / OWN_CONFIG
    if out.is_file() or (out.is_dir() and any(out.iterdir()) and not (out / NAME).is_file()):
        raise UserError("target-not-empty", path=str(out))
    remove(drawn)
    cache = root / ".cache"
    cached = cache.exists()
    try:
        own.write_text(configuration(config.read_text("utf-8"), _manual(root)), "utf-8")
        _run(root, own, renderer)
    except OSError as error:
        raise UserError("cannot-write", path=str(own), detail=error.strerror or str(error)) from None
    finally:
        own.unlink(missing_ok=True)
        if not cached:
            remove(cache)
    if not (drawn / "index.html").is_file():
        raise UserError("renderer-failed", detail=f"{renderer}: {DRAWN}/index.html?")
    seal(drawn)
    fasten(drawn)
    out.parent.mkdir(parents=True, exist_ok=True)
    swap(drawn, out)


def _run(root: Path, config: Path, renderer: Renderer) -> None:
    done = subprocess.run(
        [sys.executable, "-m", renderer, "build", "--strict", "-f", str(config)],
        cwd=root, env=environment(root), capture_output=True, text=True, encoding="utf-8", errors="replace",
    )  # fmt: skip
    if f"No module named {renderer}" in done.stderr:
        raise UserError("renderer-missing", renderer=renderer)
    if done.returncode != 0:
        raise UserError("renderer-failed", detail=_said(done.stdout + done.stderr) or f"exit {done.returncode}")


def environment(root: Path) -> dict[str, str]:
    """A fixed time for the renderer's own stamps, so that the same input gives the same bytes."""
    day = datetime.fromisoformat(str(_manual(root)["as_of"])).replace(tzinfo=UTC)
    return {
        **os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONUTF8": "1", "SOURCE_DATE_EPOCH": str(int(day.timestamp())),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH", "")])),
    }  # fmt: skip


def _said(output: str) -> str:
    """What the renderer complained about, in its own words; its progress and its own lines of code are left out."""
    plain = COLOUR.sub("", output)
    lines = [line.strip(" \t│╭╮╰╯─┬┴") for line in plain.splitlines() if not line.lstrip().startswith('File "')]
    telling = [line for line in lines if any(word in line for word in TELLING)]
    return " | ".join((telling or [line for line in lines if line])[-TOLD:])


def _manual(root: Path) -> Mapping[str, Any]:
    manual: Mapping[str, Any] = json.loads((root / "build" / "manual.json").read_text("utf-8"))
    return manual


def configuration(source: str, manual: Mapping[str, Any]) -> str:
    """mkdocs.yml with the organisation's name and the language of this build; what it says itself stays.

    Works on YAML nodes, so that tags such as !ENV pass through unread.
    """
    site = manual["site"]
    language = site["language"]
    node = yaml.compose(source)
    if not isinstance(node, yaml.MappingNode):
        raise UserError("renderer-failed", detail=f"{CONFIG}: not a mapping")
    neutral = {text("site.manual_title", known) for known in LANGUAGES}
    if _scalar(node, "site_name") in {None, *neutral}:
        _put(node, "site_name", text("site.site_name", language, organisation=gate.plain(site["short_name"])))
    for key, said in (("site_description", "site.site_description"), ("copyright", "site.footer")):
        if _get(node, key) is None:
            _put(node, key, text(said, language, organisation=gate.plain(site["organisation"])))
    _put(node, "site_dir", DRAWN)
    theme = _get(node, "theme")
    if language != _scalar(theme, "language") and isinstance(theme, yaml.MappingNode):
        _put(theme, "language", language)
        _translate(node, language)
    return str(yaml.serialize(node, allow_unicode=True))


def _translate(node: yaml.MappingNode, language: str) -> None:
    """The frame's own words, known by what they stand for; an organisation's further pages keep their titles."""
    nav = _get(node, "nav")
    for item in nav.value if isinstance(nav, yaml.SequenceNode) else []:
        if isinstance(item, yaml.MappingNode) and isinstance(item.value[0][1], yaml.ScalarNode):
            title, page = item.value[0]
            key = {"index.md": "home", "about.md": "about"}.get(page.value, page.value.removesuffix("/index.md"))
            if key in ("home", "about", "clauses", "documents", "registers", "records", "indicators", "gaps"):
                title.value = text(f"site.{key}", language)
    palette = _get(_get(node, "theme"), "palette")
    schemes = palette.value if isinstance(palette, yaml.SequenceNode) else []
    for scheme, key in zip(schemes, ("light", "dark", "system"), strict=False):
        _put(_get(scheme, "toggle"), "name", text(f"site.toggle.{key}", language))


def _get(node: yaml.Node | None, key: str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if name.value == key), None)
    return None


def _scalar(node: yaml.Node | None, key: str) -> str | None:
    found = _get(node, key)
    return str(found.value) if isinstance(found, yaml.ScalarNode) else None


def _put(node: yaml.Node | None, key: str, said: str) -> None:
    if isinstance(node, yaml.MappingNode):
        name, value = (yaml.ScalarNode("tag:yaml.org,2002:str", part) for part in (key, said))
        node.value = [*(pair for pair in node.value if pair[0].value != key), (name, value)]
