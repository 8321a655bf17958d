"""What a figure says when nothing can be computed, or when few cases stand behind it (R 5.1, corrections 43)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import indicator_worlds as worlds
from clausebook.publish.indicator_formats import sides, value_words
from test_indicators import evaluated


def test_an_imported_log_without_person_keys_says_so_and_not_nought(tmp_path: Path) -> None:
    history = {"file_sha256": "0" * 64, "row": 7}
    world = worlds.house()
    for number in range(1, 7):
        world |= worlds.complaint(number, "05-12", imported=history, complainant=None, assessment=None)
    answer = evaluated(world, tmp_path, date(2026, 6, 30))
    told = next(r for r in answer.results if r.indicator.id == "repeat-rate")
    assert (told.headline.value, told.headline.excluded) == (None, 6)
    assert value_words(told.indicator, told.headline, "zh") == "无法计算"
    assert value_words(told.indicator, told.headline, "en") == "not computable"


@pytest.mark.parametrize("count, words", [(4, "件数少，不计率"), (6, "100.0 %"), (20, "100.0 %")])
def test_few_cases_make_no_verdict_alone(tmp_path: Path, count: int, words: str) -> None:
    """Below 5 counts only; below 20 the rate with its interval, and a target met is an indication (R 5.1)."""
    world = worlds.house() | {"system/monitoring-plan.yaml": {"number": "MP", "items": [{
        "kpi": "acknowledgement-on-time", "targets": [{"from_on": "2026-01-01", "comparator": ">=", "value": 95}]}]}}
    for number in range(1, count + 1):
        world |= worlds.complaint(number, "05-12 09:00", **worlds.ack("05-12 10:00"), complainant={
            "ref": f"P-{number:08d}", "contactable": True})  # fmt: skip
    answer = evaluated(world, tmp_path, date(2026, 6, 30))
    told = next(r for r in answer.results if r.indicator.id == "acknowledgement-on-time")
    _, interval, target, _ = sides(told.indicator, told.headline, "zh")
    assert value_words(told.indicator, told.headline, "zh") == words and interval
    assert ("仅供参考" in target, "达成" in target) == (5 <= count < 20, count >= 5)
