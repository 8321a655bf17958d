"""Chapter 9: monitoring, evaluation of compliance, internal audit, management review; one module for each."""

from __future__ import annotations

from typing import Any

from . import audit_programme, auditors, audits, compliance, review_inputs, reviews

MODULES: tuple[Any, ...] = (compliance, audit_programme, audits, auditors, reviews, review_inputs)
