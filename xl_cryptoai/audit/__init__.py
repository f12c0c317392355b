"""The auditor: reads workbooks back and checks them; it knows the catalogue, not the builder."""

from xl_cryptoai.audit.read import read_workbook
from xl_cryptoai.audit.record import WorkbookInputs
from xl_cryptoai.audit.standard import RuleResult, run_audit, run_standard

__all__ = ["RuleResult", "WorkbookInputs", "read_workbook", "run_audit", "run_standard"]
