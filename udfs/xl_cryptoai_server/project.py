"""The folder that xlwings Server works from: which functions it serves, and its settings."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable
from pathlib import Path

from xl_cryptoai.errors import CryptoAIError, FileRefusedError
from xl_cryptoai.files import write_atomically
from xl_cryptoai.forecast.own_model import FILES, folder_in_use, model_in_use
from xl_cryptoai.functions import functions_of
from xl_cryptoai_server.icons import ICONS, SIZES, icon

_MODEL = model_in_use()
NAMESPACE = _MODEL.prefix
"""What Excel puts before every name: CAI.TAM. The cells of the workbooks are written for it."""

ADD_IN = _MODEL.title if _MODEL.text else "Crypto AI forecast"
"""What Excel calls the add-in."""

_SHIPPED_ID = "310bee5c-8bc8-4761-9dfd-d1e9957d28ec"
MANIFEST_ID = (
    # xlwings Server takes an id of version 4 only
    str(uuid.UUID(bytes=hashlib.sha256(f"{_SHIPPED_ID} {NAMESPACE}".encode()).digest()[:16],
                  version=4))
    if _MODEL.text
    else _SHIPPED_ID
)  # fmt: skip
"""By this Excel knows the add-in again; it must not change, and own models have one a prefix."""

MODEL_FOLDER = "model"
"""Where a project keeps its own model."""

PANE = Path(__file__).with_name("pane")
PANE_MODULES = (
    "audit", "desk", "elements", "excel", "figures", "histogram", "model", "pane", "server",
    "simulate", "trace",
)  # fmt: skip
"""The modules of the task pane."""

PANE_FILES = {
    "templates/manifest.xml": "manifest.xml",
    "templates/taskpane.html": "taskpane.html",
    "static/css/style.css": "style.css",
    "static/css/dark.css": "dark.css",
    "static/js/auth.js": "auth.js",
    "static/js/ribbon.js": "ribbon.js",
    "templates/landing.html": "landing.html",
    "static/css/landing.css": "landing.css",
    "static/js/landing.js": "landing.js",
    **{f"static/pane/{module}.js": f"{module}.js" for module in PANE_MODULES},
}
"""What xlwings Server takes from the project in place of its own, and the landing page."""

FAVICON = "static/images/favicon.png"

AUTH = '''\
"""Who may call, where XLWINGS_AUTH_PROVIDERS is '["custom"]': whoever has the access key.

Written by `xl-cryptoai serve --project`. You can put your own check here.
"""

from xl_cryptoai_server.login import validate_token

__all__ = ["validate_token"]
'''

SERVED = tuple(sorted(one.short_name for one in functions_of(_MODEL).values()))
"""Names that the server must list, without the namespace."""


def write_project(folder: Path) -> list[Path]:
    """Write the project into a new or empty folder; give the files.

    Raises
    ------
    FileRefusedError
        If the folder has files already, or cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileRefusedError(f"{folder} exists and is not an empty folder; give a new one")
    texts = {
        "custom_functions/__init__.py": functions_text(),
        "custom_scripts/__init__.py": '"""No scripts: xlwings Server would offer examples."""\n',
        "auth/__init__.py": "",
        "auth/custom.py": AUTH,
        "pyproject.toml": settings_text(),
        **{name: (PANE / source).read_text("utf-8") for name, source in PANE_FILES.items()},
    }
    pictures = {
        f"static/images/icons/{name}-{size}.png": icon(name, size)
        for name in ICONS
        for size in SIZES
    }
    files = {
        **{name: text.encode() for name, text in texts.items()},
        FAVICON: icon("open", 32),
        **pictures,
    }
    if (source := folder_in_use()) is not None:
        there = [source / name for name in FILES if (source / name).is_file()]
        files |= {f"{MODEL_FOLDER}/{path.name}": path.read_bytes() for path in there}
    for name, content in files.items():
        write_atomically(folder / name, content)
    return [folder / name for name in files]


def functions_text() -> str:
    """Write the module whose names the server publishes."""
    names = sorted(function.python_name for function in functions_of(_MODEL).values())
    lines = [
        '"""The functions that this server gives Excel: what is named here is served.',
        "",
        "Written by `xl-cryptoai serve --project`. Functions of your own may be added.",
        '"""',
        "",
        "from xl_cryptoai_udfs import (",
        *(f"    {name}," for name in names),
        ")",
        "",
        "__all__ = [",
        *(f'    "{name}",' for name in names),
        "]",
    ]
    return "\n".join(lines) + "\n"


def settings_text() -> str:
    """Write the settings; a variable of the environment, XLWINGS_..., goes before each."""
    return f"""\
# Settings of xlwings Server, written by `xl-cryptoai serve --project`.
# The licence key is not among them: give it as the environment variable XLWINGS_LICENSE_KEY.

[tool.xlwings_server]
environment = "prod"  # any other name changes the namespace, and the workbooks' cells miss it
functions_namespace = "{NAMESPACE}"
project_name = {json.dumps(ADD_IN, ensure_ascii=False)}
manifest_id_prod = "{MANIFEST_ID}"
auth_providers = []  # ["custom"] or ["entraid"]: see docs/deploying.md
cors_allow_origins = []
enable_socketio = false  # no function streams: nothing is kept between calls, any worker answers
enable_htmx = false  # nor does the pane need what the next three would load
enable_alpinejs_csp = false
enable_bootstrap = false
log_level = "WARNING"
"""


def check_served(names: Iterable[str], namespace: str) -> None:
    """Check what a server serves: all functions, under the namespace of the workbooks' cells.

    Raises
    ------
    CryptoAIError
        Saying what is missing and where to look.
    """
    if namespace != NAMESPACE:
        raise CryptoAIError(
            f"the server's namespace is '{namespace}', but the workbooks call {NAMESPACE}.TAM; "
            "unset XLWINGS_ENVIRONMENT, XLWINGS_FUNCTIONS_NAMESPACE and DOTENV_PATH"
        )
    there = {*names}
    missing = [name for name in SERVED if name not in there]
    if missing:
        few = ", ".join(missing[:3]) + (f" and {len(missing) - 3} more" if missing[3:] else "")
        problem = f"lacks {few}" if there else "serves no functions at all"
        raise CryptoAIError(
            f"the server {problem}; its project's custom_functions/__init__.py must import them "
            "from xl_cryptoai_udfs"
        )
