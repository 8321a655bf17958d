"""`clausebook chart --type T FILE.csv`: control limits for any series, as JSON."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .language import language_of
from .options import common
from .speaking import Speaking

if TYPE_CHECKING:
    from ..measure.series import Limits

TYPES = ["c", "u", "p", "np", "i", "ewma", "cusum", "poisson", "ears-c1", "ears-c2", "ears-c3"]


class Finite(click.FloatRange):
    """A number in a range; `nan` and `inf` are words to Python's float, not numbers to a clerk."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a number", param, ctx)
        return number


ANY = Finite(-1e15, 1e15)
POSITIVE = Finite(1e-12, 1e15)


@click.command("chart", cls=Speaking)
@click.argument("file", metavar="FILE.csv")
@click.option("--type", "kind", type=click.Choice(TYPES), required=True)
@click.option("--baseline", type=click.IntRange(min=1), metavar="N")
@click.option("--lambda", "weight", type=Finite(0, 1, min_open=True), metavar="L")
@click.option("--target", type=ANY, metavar="T")
@click.option("--sigma", type=POSITIVE, metavar="S")
@click.option("--k", type=POSITIVE, metavar="K")
@click.option("--h", type=POSITIVE, metavar="H")
@click.option("--alpha", type=Finite(1e-12, 0.5), metavar="A")
@click.option("--limits", type=click.Choice(["steady", "exact"]))
@click.option("--laney", is_flag=True)
@click.option("--format", "form", type=click.Choice(["json"]), default="json")
@common
def command(
    file: str, kind: str, baseline: int | None, weight: float | None, target: float | None, sigma: float | None,
    k: float | None, h: float | None, alpha: float | None, limits: Limits | None, laney: bool, form: str,
    root: str | None, as_of: str | None, language: str | None,
) -> int:  # fmt: skip
    """Control limits for a series."""
    from ..load.series_file import read_series
    from ..measure.charts import chart
    from ..measure.series import Series, Settings
    from ..wording import text

    columns = read_series(Path(file))
    settings = Settings(baseline, weight, target, sigma, k, h, alpha, limits, laney or None)
    found = chart(kind, Series(columns.values, columns.sizes), settings)
    if found.note:
        click.echo(text(f"chart.note.{found.note}", language_of(chosen=language)), err=True)
    click.echo(json.dumps(found.as_data(), ensure_ascii=False, allow_nan=False))
    return 0
