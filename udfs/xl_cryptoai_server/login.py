"""Who may call: the access key of a firm, and whether a login is configured in full.

xlwings Server asks the module `auth.custom` of the project whether a token is good. Without one it
asks an example of its own, which takes "test-token".
"""

from __future__ import annotations

import hmac
import importlib
import os
from typing import Any

from xl_cryptoai.errors import CryptoAIError

KEY_VARIABLE = "XL_CRYPTOAI_ACCESS_KEY"
SHORTEST_KEY = 24
PROVIDERS = ("custom", "entraid")


async def validate_token(token_string: str) -> Any:
    """Say who calls, if the token is the access key; xlwings Server calls this by its name."""
    from fastapi import HTTPException
    from xlwings_server.models import User

    # compared in a time that does not depend on where they differ
    if hmac.compare_digest(token_string.encode(), os.environ[KEY_VARIABLE].encode()):
        return User(id="access-key", name="holder of the access key")
    raise HTTPException(
        401, "#VALUE!: no access; type the access key into the add-in's pane, then recalculate"
    )


def check_login(settings: Any) -> None:
    """Check that a login is configured in full, or not at all.

    Raises
    ------
    CryptoAIError
        Saying what is missing.
    """
    providers, key = settings.auth_providers, os.environ.get(KEY_VARIABLE)
    if providers is None or len(providers) > 1 or not {*providers} <= {*PROVIDERS}:
        raise CryptoAIError(
            "XLWINGS_AUTH_PROVIDERS must be [] or name one login, "
            + " or ".join(f"""'["{name}"]'""" for name in PROVIDERS)
        )
    if settings.auth_required_roles and providers != ["entraid"]:
        raise CryptoAIError(
            """XLWINGS_AUTH_REQUIRED_ROLES needs XLWINGS_AUTH_PROVIDERS='["entraid"]'"""
        )
    if key is not None and providers != ["custom"]:
        raise CryptoAIError(f"""{KEY_VARIABLE} needs XLWINGS_AUTH_PROVIDERS='["custom"]'""")
    if providers == ["custom"]:
        _check_custom(key or "")
    for name in ("CLIENT_ID", "TENANT_ID"):
        if providers == ["entraid"] and not getattr(settings, f"auth_entraid_{name.lower()}"):
            raise CryptoAIError(f"the login entraid needs XLWINGS_AUTH_ENTRAID_{name} as well")


def _check_custom(key: str) -> None:
    try:
        asked = importlib.import_module("auth.custom").validate_token
    except (ImportError, AttributeError) as error:
        raise CryptoAIError(
            f"the login custom needs auth/custom.py in the project ({error}); "
            "xl-cryptoai serve --project writes it"
        ) from None
    if asked is validate_token and (len(key) < SHORTEST_KEY or not key.isascii()):
        raise CryptoAIError(
            f"the login custom needs {KEY_VARIABLE}, {SHORTEST_KEY} ASCII characters or more"
        )
