"""Chapter 9: monitoring, evaluation of compliance, internal audit, management review; one module for each."""

from __future__ import annotations

from typing import Any

from . import audit_programme, auditors, audits

MODULES: tuple[Any, ...] = (audit_programme, audits, auditors)
