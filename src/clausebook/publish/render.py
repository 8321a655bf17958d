"""Pages to site: mkdocs or Zensical draws build/pages, then the site is swapped in whole. Nobody else knows them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import yaml

from ..problems import UserError
from ..wording import LANGUAGES, text
from . import gate
from .anchor import NAME, fasten
from .files import remove, swap
from .finish import finish
from .policy import seal
from .search import OF_PAGES, read_kinds, settle

Renderer = Literal["mkdocs", "zensical"]
CONFIG = "mkdocs.yml"
OWN_CONFIG = ".clausebook-site.yml"
"""Our copy of mkdocs.yml for one run; it stands beside it, so that every path in it means the same."""

BUILD = "build"
"""Below it each edition has a folder of its own, so that no page of one can get into another (site.py)."""

DRAWN = "site.new"
MAP, SEQ = "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"
TOLD = 6
TELLING = ("WARNING", "rror", "not found", "does not exist", ".md:", "ndefined")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def render(
    root: Path, out: Path, renderer: Renderer, build: str = BUILD, inspect: Callable[[Path], None] | None = None
) -> None:
    """Run the renderer and put its site at `out`, whole; on failure the old site stays as it was.

    `build`: the folder with the pages of this edition; `inspect` looks at the drawn site and raises to stop it.
    """
    config = root / CONFIG
    if not config.is_file():
        raise UserError("renderer-failed", detail=f"{CONFIG}?")
    drawn = root / build / DRAWN
    own = root / OWN_CONFIG
    if out.is_file() or (out.is_dir() and any(out.iterdir()) and not (out / NAME).is_file()):
        raise UserError("target-not-empty", path=str(out))
    remove(drawn)
    cache = root / ".cache"
    cached = cache.exists()
    try:
        configured(root, build, renderer)
        _run(root, own, renderer, build)
    finally:
        own.unlink(missing_ok=True)
        if not cached:
            remove(cache)
    if not (drawn / "index.html").is_file():
        raise UserError("renderer-failed", detail=f"{renderer}: {build}/{DRAWN}/index.html?")
    settle(drawn, read_kinds(root / build))
    site = _manual(root, build)["site"]
    finish(drawn, site["language"], site["sheet"])
    seal(drawn)
    if inspect is not None:
        inspect(drawn)
    fasten(drawn)
    out.parent.mkdir(parents=True, exist_ok=True)
    swap(drawn, out)


def configured(root: Path, build: str = BUILD, renderer: Renderer = "mkdocs") -> Path:
    """mkdocs.yml as this edition needs it, in a copy beside it; whoever asks for the copy removes it afterwards."""
    own = root / OWN_CONFIG
    try:
        said = configuration((root / CONFIG).read_text("utf-8"), _manual(root, build), build, renderer)
        own.write_text(said, "utf-8")
    except OSError as error:
        raise UserError("cannot-write", path=str(own), detail=error.strerror or str(error)) from None
    return own


def _run(root: Path, config: Path, renderer: Renderer, build: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", renderer, "build", "--strict", "-f", str(config)],
        cwd=root, env=environment(root, build), capture_output=True, text=True, encoding="utf-8", errors="replace",
    )  # fmt: skip
    if f"No module named {renderer}" in done.stderr:
        raise UserError("renderer-missing", renderer=renderer)
    if done.returncode != 0:
        raise UserError("renderer-failed", detail=_said(done.stdout + done.stderr) or f"exit {done.returncode}")


def environment(root: Path, build: str = BUILD) -> dict[str, str]:
    """A fixed time for the renderer's own stamps, so that the same input gives the same bytes."""
    day = datetime.fromisoformat(str(_manual(root, build)["as_of"])).replace(tzinfo=UTC)
    return {
        **os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONUTF8": "1", "CLAUSEBOOK_BUILD": build,
        "SOURCE_DATE_EPOCH": str(int(day.timestamp())),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH", "")])),
    }  # fmt: skip


def _said(output: str) -> str:
    """What the renderer complained about, in its own words; its progress and its own lines of code are left out."""
    plain = COLOUR.sub("", output)
    lines = [line.strip(" \t│╭╮╰╯─┬┴") for line in plain.splitlines() if not line.lstrip().startswith('File "')]
    telling = [line for line in lines if any(word in line for word in TELLING)]
    return " | ".join((telling or [line for line in lines if line])[-TOLD:])


def _manual(root: Path, build: str) -> Mapping[str, Any]:
    manual: Mapping[str, Any] = json.loads((root / build / "manual.json").read_text("utf-8"))
    return manual


def configuration(source: str, manual: Mapping[str, Any], build: str = BUILD, renderer: Renderer = "mkdocs") -> str:
    """mkdocs.yml with the organisation's name and the language of this build; what it says itself stays.

    Works on YAML nodes, so that tags such as !ENV pass through unread. An edition that brings its own navigation takes
    from mkdocs.yml only how pages look.
    """
    site = manual["site"]
    language = site["language"]
    node = yaml.compose(source)
    if not isinstance(node, yaml.MappingNode):
        raise UserError("renderer-failed", detail=f"{CONFIG}: not a mapping")
    if "nav" in site:
        _for_everybody(node, site)
    neutral = {text("site.manual_title", known) for known in LANGUAGES}
    if _scalar(node, "site_name") in {None, *neutral}:
        _put(node, "site_name", text("site.site_name", language, organisation=gate.plain(site["short_name"])))
    for key, said in (("site_description", "site.site_description"), ("copyright", "site.footer")):
        if _get(node, key) is None:
            _put(node, key, text(said, language, organisation=gate.plain(site["organisation"])))
    _put(node, "docs_dir", f"{build}/pages")
    _put(node, "site_dir", f"{build}/{DRAWN}")
    theme = _get(node, "theme")
    _searching(node, theme, renderer)
    if language != _scalar(theme, "language") and isinstance(theme, yaml.MappingNode):
        _put(theme, "language", language)
        _translate(node, language)
    if "nav" in site:
        tabs = [yaml.MappingNode(MAP, [(_string(title), _string(page))]) for title, page in site["nav"]]
        node.value.append((_string("nav"), yaml.SequenceNode(SEQ, tabs)))
    return str(yaml.serialize(node, allow_unicode=True))


KEPT = frozenset({
    "theme", "plugins", "markdown_extensions", "extra", "extra_css", "use_directory_urls", "validation",
})  # fmt: skip
KEPT_OF = {
    "theme": frozenset({"name", "language", "font", "palette", "features", "icon"}),
    "extra": frozenset({"generator", "polyfills"}),
}
PLUGINS = frozenset({"search", "offline", "macros"})
REACH = "assets/javascripts/reach.js"
"""The one script of ours that a page for everybody needs."""


def _for_everybody(node: yaml.MappingNode, site: Mapping[str, Any]) -> None:
    """An allow-list: no address of a repository, no author, no plugin that reads git, no navigation of the inside."""
    node.value = [pair for pair in node.value if pair[0].value in KEPT]
    node.value.append((_string("extra_javascript"), yaml.SequenceNode(SEQ, [_string(REACH)])))
    for key, names in KEPT_OF.items():
        part = _get(node, key)
        if isinstance(part, yaml.MappingNode):
            part.value = [pair for pair in part.value if pair[0].value in names]
    plugins = _get(node, "plugins")
    if isinstance(plugins, yaml.SequenceNode):
        plugins.value = [item for item in plugins.value if _named(item) in PLUGINS]
    for key in ("site_name", "site_description", "copyright"):
        _put(node, key, site[key])


def _searching(node: yaml.MappingNode, theme: yaml.Node | None, renderer: Renderer) -> None:
    """Every page has its side of our search (search.py). Material's own marks mark the parts of a number singly."""
    scripts = _get(node, "extra_javascript")
    before = scripts.value if isinstance(scripts, yaml.SequenceNode) else []
    node.value = [pair for pair in node.value if pair[0].value != "extra_javascript"]
    told = yaml.SequenceNode(SEQ, [*before, *map(_string, OF_PAGES)])
    node.value.append((_string("extra_javascript"), told))
    features = _get(theme, "features")
    if renderer == "mkdocs" and isinstance(features, yaml.SequenceNode):
        features.value = [item for item in features.value if item.value != "search.highlight"]


def _named(item: yaml.Node) -> str:
    """A plugin's name, with or without options."""
    return str(item.value[0][0].value if isinstance(item, yaml.MappingNode) else item.value)


def _translate(node: yaml.MappingNode, language: str) -> None:
    """The frame's own words, known by what they stand for; an organisation's further pages keep their titles."""
    nav = _get(node, "nav")
    for item in nav.value if isinstance(nav, yaml.SequenceNode) else []:
        if isinstance(item, yaml.MappingNode) and isinstance(item.value[0][1], yaml.ScalarNode):
            title, page = item.value[0]
            key = {"index.md": "home", "about.md": "about"}.get(page.value, page.value.removesuffix("/index.md"))
            if key in ("home", "about", "clauses", "manual", "documents", "registers", "records", "indicators", "gaps"):
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
        node.value = [*(pair for pair in node.value if pair[0].value != key), (_string(key), _string(said))]


def _string(said: str) -> yaml.ScalarNode:
    return yaml.ScalarNode("tag:yaml.org,2002:str", said)
