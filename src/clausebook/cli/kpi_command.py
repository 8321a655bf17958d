"""`clausebook kpi [ID…]`: the indicators of a period, with what stands behind each number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..problems import UserError
from .language import language_of
from .options import common, day_of, root_of
from .speaking import Speaking

if TYPE_CHECKING:
    from ..measure.indicators import Indicator

DIMENSIONS = [
    "type", "source", "severity", "product", "line", "site", "provider", "channel", "department", "cause", "month",
    "quarter",
]  # fmt: skip


@click.command("kpi", cls=Speaking)
@click.argument("ids", nargs=-1, metavar="[ID…]")
@click.option("--period", metavar="P")
@click.option("--by", type=click.Choice(DIMENSIONS))
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table")
@common
def command(
    ids: tuple[str, ...], period: str | None, by: str | None, form: str,
    root: str | None, as_of: str | None, language: str | None,
) -> int:  # fmt: skip
    """The indicators of a period."""
    from ..load.workspace import load
    from ..measure import countable
    from ..measure.cases import complaints_of
    from ..measure.indicators import evaluate, indicators_of
    from ..measure.spans import span_of
    from ..publish.indicator_formats import FORMATS
    from ..wording import text

    words = language_of(chosen=language)
    folder = root_of(root)
    day = day_of(as_of, folder)
    span = span_of(period or f"{day.year:04d}")
    system = countable(load(folder, day))
    chosen = _chosen(indicators_of(system), ids, by)
    found = evaluate(system, complaints_of(system), chosen, span, by)
    click.echo(FORMATS[form](found, span, day, words))
    for one, error in found.refused:
        facts = {"id": one.id, "reason": error.reason}
        click.echo(f"{one.entry.path}: " + text(f"rules.{error.rule}.message", words, **facts), err=True)
    return 1 if found.refused else 0


def _chosen(known: list[Indicator], ids: tuple[str, ...], by: str | None) -> list[Indicator]:
    """The indicators asked for, in their own order; a name that is none is a misuse, not silence."""
    from ..nearness import nearest

    names = {name: one for one in known for name in (one.id, one.entry.value.get("code")) if isinstance(name, str)}
    for identifier in ids:
        if identifier not in names:
            raise UserError("no-such-kpi", id=identifier, near=nearest(identifier, [one.id for one in known], count=3))
        if by not in (None, "month", "quarter") and not names[identifier].of_cases:
            raise UserError("kpi-not-by", id=identifier, by=str(by))
    asked = {names[identifier].id for identifier in ids}
    return [one for one in known if not asked or one.id in asked]
