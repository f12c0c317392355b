"""The Excel functions, described once for every engine that can host them.

A function here takes raw cell values and answers with raw cell values, or refuses with a
`CryptoAIError`. Which engine calls it, and how that engine shows a refusal, is the host's affair.
"""

from __future__ import annotations

from types import MappingProxyType

from xl_cryptoai.functions.entry import Argument, ExcelFunction
from xl_cryptoai.functions.risk_functions import RISK_FUNCTIONS
from xl_cryptoai.functions.step_functions import STEP_FUNCTIONS
from xl_cryptoai.functions.table_functions import TABLE_FUNCTIONS
from xl_cryptoai.functions.trace_function import TRACE_FUNCTION

FUNCTIONS: MappingProxyType[str, ExcelFunction] = MappingProxyType(
    {
        function.name: function
        for function in (*STEP_FUNCTIONS, *TABLE_FUNCTIONS, TRACE_FUNCTION, *RISK_FUNCTIONS)
    }
)
"""Every function by its Excel name, such as CAI_TAM."""

__all__ = ["FUNCTIONS", "Argument", "ExcelFunction"]
