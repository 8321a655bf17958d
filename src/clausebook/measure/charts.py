"""The chart types by name, each with the options it knows; an option that would be ignored is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import partial

from ..problems import UserError
from .control_charts import c_chart, i_chart, np_chart, p_chart, u_chart
from .ears_charts import ears_chart
from .exact_charts import poisson_chart
from .series import Chart, Series, Settings
from .weighted_charts import cusum_chart, ewma_chart


@dataclass(frozen=True, slots=True)
class Method:
    """How a type is drawn, and which settings have a meaning for it beside the baseline."""

    draw: Callable[[Series, Settings], Chart]
    options: frozenset[str]


COUNTED = frozenset({"target", "k", "laney"})
TYPES: Mapping[str, Method] = {
    "c": Method(c_chart, COUNTED),
    "u": Method(u_chart, COUNTED),
    "p": Method(p_chart, COUNTED),
    "np": Method(np_chart, COUNTED),
    "i": Method(i_chart, frozenset({"target", "sigma", "k"})),
    "ewma": Method(ewma_chart, frozenset({"weight", "target", "sigma", "k", "limits"})),
    "cusum": Method(cusum_chart, frozenset({"target", "sigma", "k", "h"})),
    "poisson": Method(poisson_chart, frozenset({"target", "alpha"})),
    "ears-c1": Method(partial(ears_chart, "ears-c1"), frozenset({"sigma", "alpha"})),
    "ears-c2": Method(partial(ears_chart, "ears-c2"), frozenset({"sigma", "alpha"})),
    "ears-c3": Method(partial(ears_chart, "ears-c3"), frozenset({"sigma"})),
}
SPELLED = {"weight": "lambda"}


def chart(name: str, series: Series, settings: Settings) -> Chart:
    """The chart of a type in TYPES. Raises UserError when the series or the settings do not suit it."""
    method = TYPES[name]
    for setting in fields(settings):
        given = getattr(settings, setting.name) is not None
        if given and setting.name != "baseline" and setting.name not in method.options:
            raise UserError("chart-option", option=f"--{SPELLED.get(setting.name, setting.name)}", type=name)
    return method.draw(series, settings)
