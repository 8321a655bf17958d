"""Rules never crash on what the schema lets through: made-up organisations, and the example with holes and odd values.

Some dozens by default; CLAUSEBOOK_EXAMPLES=2000 tries as many of each kind, other ones each time.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from clausebook.model import System
from clausebook.pipeline import Report, judged
from clausebook.publish.formats import message
from generated import Maker

EXAMPLES = int(os.environ.get("CLAUSEBOOK_EXAMPLES", "0"))
SEEDS = st.integers(min_value=0, max_value=2**32)


def quick(examples: int) -> settings:
    """Seeds do not shrink, and a slow machine is no reason to fail."""
    return settings(
        max_examples=EXAMPLES or examples, deadline=None, phases=(Phase.explicit, Phase.generate), database=None,
        derandomize=not EXAMPLES, suppress_health_check=list(HealthCheck),
    )  # fmt: skip


def survives(system: System) -> None:
    """Judged to the end, and each problem can be said in both languages."""
    report = judged(system)
    assert len(report.coverage) == 187
    for problem in report.problems[:: max(1, len(report.problems) // 40)]:
        for language in ("zh", "en"):
            assert message(problem, language)


@quick(25)
@given(seed=SEEDS)
def test_made_up_organisations(example: Report, seed: int) -> None:
    survives(Maker(example.system, seed).organisation())


@quick(20)
@given(seed=SEEDS)
def test_the_example_with_holes_and_odd_values(example: Report, seed: int) -> None:
    survives(Maker(example.system, seed).odd(0.1))


def test_most_of_what_is_made_up_is_valid(example: Report) -> None:
    """Otherwise rules would wait for sound entries and nothing would be tried."""
    maker = Maker(example.system, 1)
    made = [entry for _ in range(5) for entry in maker.organisation().entries]
    good = [entry for entry in made if maker.schemas.is_valid(entry.kind.name, dict(entry.value))]
    assert len(made) > 200 and len(good) > 0.7 * len(made)
