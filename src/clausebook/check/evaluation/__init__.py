"""Chapter 9: monitoring, evaluation of compliance, internal audit, management review; one module for each."""

from __future__ import annotations

from typing import Any

from . import (
    annual,
    audit_programme,
    auditors,
    audits,
    certification,
    compliance,
    monitoring,
    review_inputs,
    reviews,
    tools,
)

MODULES: tuple[Any, ...] = (
    monitoring, tools, annual, compliance, audit_programme, audits, auditors, certification, reviews, review_inputs,
)  # fmt: skip
