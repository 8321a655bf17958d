"""A change for scripts: what differs, with its spans, in the order of reading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..measure.redline import Field, Passage, Redline, Span
from .redline_words import way
from .values import Values


def as_data(change: Redline, values: Values) -> dict[str, Any]:
    """`counts` and what is to be known; `fields`; of the body's `passages` those that changed.

    A span is a pair of what happened and its text; `before` and `after` of a passage count all passages from 0.
    """
    return {
        "counts": dict(change.counts),
        "whole": change.whole,
        "layout": change.layout,
        "as_text": change.as_text,
        "coarse": change.coarse,
        "fields": [_field(found, values) for found in change.fields],
        "passages": [_passage(found) for found in change.passages if found.how != "kept"],
    }


def _field(found: Field, values: Values) -> dict[str, Any]:
    return {
        "how": found.how,
        "pointer": list(found.pointer),
        "title": way(found, values),
        "before": found.before,
        "after": found.after,
        "spans": _spans(found.spans),
    }


def _passage(found: Passage) -> dict[str, Any]:
    return {
        "how": found.how,
        "sort": found.sort,
        "section": found.section,
        "origin": found.origin or None,
        "before": found.before,
        "after": found.after,
        "cells": [_spans(cell) for cell in found.cells],
    }


def _spans(spans: Sequence[Span]) -> list[list[str]]:
    return [[span.how, span.text] for span in spans]
