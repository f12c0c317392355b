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
    for name in ("CLIENT_ID", "TENANT_ID"):
        if providers == ["entraid"] and not getattr(settings, f"auth_entraid_{name.lower()}"):
            raise CryptoAIError(f"the login entraid needs XLWINGS_AUTH_ENTRAID_{name} as well")
    asked = _check_of_project(providers[0]) if providers else None
    if providers == ["custom"] and asked is None:
        raise CryptoAIError(
            "the login custom needs auth/custom.py in the project; "
            "xl-cryptoai serve --project writes it"
        )
    if asked is validate_token and not (key and len(key) >= SHORTEST_KEY and key.isascii()):
        raise CryptoAIError(
            f"the login custom needs {KEY_VARIABLE}, {SHORTEST_KEY} ASCII characters or more"
        )


def _check_of_project(provider: str) -> object | None:
    """Return what the project has to check a token with, if it has something for a login."""
    try:
        module = importlib.import_module(f"auth.{provider}")
    except ImportError:
        return None
    if not hasattr(module, "validate_token"):
        raise CryptoAIError(f"the project's auth/{provider} has no function validate_token")
    # the module is the project's: nothing says its types
    return module.validate_token  # type: ignore[no-any-return]
