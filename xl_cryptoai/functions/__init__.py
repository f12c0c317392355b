"""The Excel functions of a model, described once for every engine that can host them.

A function here takes raw cell values and answers with raw cell values, or refuses with a
`CryptoAIError`. Which engine calls it, and how that engine shows a refusal, is the host's affair.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from xl_cryptoai.forecast.model import KEPT_MODELS, Model
from xl_cryptoai.functions.entry import Argument, ExcelFunction
from xl_cryptoai.functions.path_function import path_function
from xl_cryptoai.functions.risk_functions import risk_functions
from xl_cryptoai.functions.step_functions import step_functions
from xl_cryptoai.functions.table_functions import table_functions
from xl_cryptoai.functions.trace_function import trace_function

__all__ = ["Argument", "ExcelFunction", "functions_of"]


@lru_cache(KEPT_MODELS)
def functions_of(model: Model) -> Mapping[str, ExcelFunction]:
    """Return every function of a model by its Excel name, such as CAI_TAM."""
    functions = (
        *step_functions(model),
        *table_functions(model),
        path_function(model),
        trace_function(model),
        *risk_functions(model),
    )
    return MappingProxyType({function.name: function for function in functions})
