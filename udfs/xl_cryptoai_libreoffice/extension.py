"""Generates the LibreOffice extension from the description of the functions.

LibreOffice takes the interface as plain IDL text, so nothing is compiled.
"""

from __future__ import annotations

import importlib.util
import io
import json
import sys
import sysconfig
import zipfile
from collections.abc import Iterable
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from xl_cryptoai import __version__
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.functions import Argument, ExcelFunction, functions_of

IDL_INTERFACE = "XFunctions"

SECONDS = 20
"""How long a call to the worker may take."""

_COMPONENT, _IDL, _SETTINGS = "component.py", "functions.idl", "settings.json"
_DATE = (1980, 1, 1, 0, 0, 0)  # the first that a zip file knows: two builds give the same bytes
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_OOR = (
    '<oor:component-data xmlns:oor="http://openoffice.org/2001/registry"'
    ' xmlns:xs="http://www.w3.org/2001/XMLSchema" oor:package="org.openoffice.Office"'
)
_MEDIA = {
    _IDL: "application/vnd.sun.star.uno-typelibrary;type=RDB",
    _COMPONENT: "application/vnd.sun.star.uno-component;type=Python",
    "CalcAddIns.xcu": "application/vnd.sun.star.configuration-data",
    "Calc.xcu": "application/vnd.sun.star.configuration-data",
}


def extension_file(model: Model) -> str:
    """Return the name of the installable file: an own model's is its prefix."""
    return f"{model.prefix.lower() if model.text else 'xl_cryptoai'}.oxt"


def write_extension(model: Model, folder: Path) -> Path:
    """Write the unpacked extension.

    Parameters
    ----------
    model : Model
        Whose functions.
    folder : Path
        Where to; made if it is not there.

    Returns
    -------
    Path
        The folder, as LibreOffice can be given it.
    """
    for name, text in _files(model).items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
    return folder


def pack_extension(model: Model) -> bytes:
    """Return the installable extension, an .oxt file; the same bytes for the same environment."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, text in _files(model).items():
            entry = zipfile.ZipInfo(name, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            package.writestr(entry, text.encode())
    return buffer.getvalue()


def idl_module(model: Model) -> str:
    """Name the module of the interface.

    It must not be called like a Python package: the import would find that one.
    """
    return f"{model.prefix.lower()}addin"


def _files(model: Model) -> dict[str, str]:
    functions = list(functions_of(model).values())
    return {
        "META-INF/manifest.xml": _manifest(),
        "description.xml": _description(model),
        _IDL: _interface(model, functions),
        "CalcAddIns.xcu": _help_texts(model, functions),
        "Calc.xcu": _recalculation(),
        _SETTINGS: json.dumps(_settings(model, functions), indent=1) + "\n",
        _COMPONENT: Path(__file__).with_name(_COMPONENT).read_text(encoding="utf-8"),
    }


def _settings(model: Model, functions: Iterable[ExcelFunction]) -> dict[str, object]:
    """Tell the component what to offer, and where the functions are."""
    return {
        "service": model.prefix,
        "interface": f"{idl_module(model)}.{IDL_INTERFACE}",
        "functions": {function.short_name: function.name for function in functions},
        "model": model.text,
        "version": __version__,
        "python": sys.executable,
        "python_tag": sys.implementation.cache_tag,
        "paths": _paths(),
        "seconds": SECONDS,
    }


def _paths() -> list[str]:
    """List the folders from which this environment imports our packages and what they need."""
    folders = []
    for package in ("xl_cryptoai", __name__.partition(".")[0], "numpy"):
        spec = importlib.util.find_spec(package)
        if spec is not None and spec.origin is not None:
            folders.append(Path(spec.origin).absolute().parents[1])
    folders += [Path(sysconfig.get_path(kind)) for kind in ("purelib", "platlib")]
    return list(dict.fromkeys(str(folder) for folder in folders))


def _interface(model: Model, functions: Iterable[ExcelFunction]) -> str:
    """Write the IDL. An identifier with an underscore is legal only in upper case there."""
    rows = "sequence< sequence< any > >"  # LibreOffice shows an array in no other type
    methods = []
    for function in functions:
        arguments = ", ".join(f"[in] any {_id(argument)}" for argument in function.arguments)
        methods.append(f"        {rows} {function.short_name}( {arguments} );\n")
    interface = f"    interface {IDL_INTERFACE} {{\n{''.join(methods)}    }};\n"
    return f"module {idl_module(model)} {{\n{interface}}};\n"


def _id(argument: Argument) -> str:
    return argument.name.upper()


def _help_texts(model: Model, functions: Iterable[ExcelFunction]) -> str:
    """Write what the function wizard shows, so that it need not load Python for it."""
    nodes = []
    for function in functions:
        name = function.short_name
        shown = f"{model.prefix}.{name}"
        arguments = [
            _node(_id(argument), _texts(DisplayName=argument.name, Description=argument.help))
            for argument in function.arguments
        ]
        texts = _texts(DisplayName=shown, Description=function.help, CompatibilityName=shown)
        category = '<prop oor:name="Category"><value>Add-In</value></prop>\n'
        parameters = f'<node oor:name="Parameters">\n{"".join(arguments)}</node>\n'
        nodes.append(_node(name, f"{texts}{category}{parameters}"))
    listed = f'<node oor:name="AddInFunctions">\n{"".join(nodes)}</node>\n'
    info = f'<node oor:name="AddInInfo">\n{_node(model.prefix, listed)}</node>\n'
    return f'{_XML}{_OOR} oor:name="CalcAddIns">\n{info}</oor:component-data>\n'


def _node(name: str, content: str) -> str:
    return f'<node oor:name={quoteattr(name)} oor:op="replace">\n{content}</node>\n'


def _texts(**texts: str) -> str:
    return "".join(
        f'<prop oor:name="{name}"><value xml:lang="en">{escape(text)}</value></prop>\n'
        for name, text in texts.items()
    )


def _recalculation() -> str:
    """Let LibreOffice recalculate every xlsx file on loading: 0 means always."""
    return (
        f'{_XML}{_OOR} oor:name="Calc">\n<node oor:name="Formula"><node oor:name="Load">'
        '<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></node></node>\n'
        "</oor:component-data>\n"
    )


def _manifest() -> str:
    entries = "".join(
        f' <manifest:file-entry manifest:full-path="{name}" manifest:media-type="{media}"/>\n'
        for name, media in _MEDIA.items()
    )
    return (
        f'{_XML}<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">\n'
        f"{entries}</manifest:manifest>\n"
    )


def _description(model: Model) -> str:
    own = f".{model.prefix.lower()}" if model.text else ""  # both can be installed
    return (
        f'{_XML}<description xmlns="http://openoffice.org/extensions/description/2006">\n'
        f' <identifier value="xl-cryptoai.functions{own}"/>\n <version value="{__version__}"/>\n'
        ' <platform value="all"/>\n'
        f' <display-name><name lang="en">xl-cryptoai functions, {model.prefix}</name>'
        "</display-name>\n"
        "</description>\n"
    )
