"""The VBA modules with the functions, written from their descriptions.

Module `xlwings_udfs` holds a public Function for every Excel function; its name is the one that
xlwings gives to the module of its own making, so that a click on Import Functions replaces ours.
Two things it does better than that module would: a refusal becomes a real Excel error, whose
sentence `CAI_WHY` tells, and the arguments go to Python as values, not as cells to be asked for.

In a workbook only module `xl_cryptoai_call` mentions xlwings' add-in. VBA compiles a module when
something in it is first called, and without the add-in that one does not compile: the functions
look for the add-in first, and answer #NAME? if it is not there. Our own add-in has xlwings' module
inside: there is nothing to look for.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from xl_cryptoai.errors import EXCEL_ERRORS
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.functions import ExcelFunction, functions_of
from xl_cryptoai.functions.step_functions import name_of

FUNCTIONS_MODULE = "xlwings_udfs"
CALL_MODULE = "xl_cryptoai_call"
PYTHON_MODULE = "xl_cryptoai_udfs"
"""Publishes the functions of the model in use: that of the add-in and of the shipped workbook."""
DESCRIBE = "DescribeFunctions"
"""The sub of the add-in that gives the function wizard its help."""

ERROR_CONSTANTS = {
    "#NULL!": "xlErrNull",
    "#DIV/0!": "xlErrDiv0",
    "#VALUE!": "xlErrValue",
    "#REF!": "xlErrRef",
    "#NAME?": "xlErrName",
    "#NUM!": "xlErrNum",
    "#N/A": "xlErrNA",
}
"""How VBA calls the Excel errors."""

_WIDTH = 96

_HEAD = """\
Attribute VB_Name = "{name}"
Option Explicit
' Made by xl-cryptoai from the descriptions of its functions. Do not edit: {again}.
#Const App = "Microsoft Excel"
"""

_WHY_FUNCTION = """\
Public Function {why}(cell As Range) As String
Attribute {why}.VB_Description = "Why a cell with a {prefix} function shows an error: the \
message, or nothing."
Attribute {why}.VB_ProcData.VB_Invoke_Func = " \\n14"
    Dim first As Range
    On Error Resume Next
    Set first = cell.Cells(1, 1)
    If first.HasArray Then Set first = first.CurrentArray.Cells(1, 1)
    If VBA.IsError(first.Value2) Then {why} = kept(first.Address(External:=True))
End Function
"""

_ANSWER = """\
Private Function Answer(pythonName As String, given As Variant) As Variant
    Dim plain() As Variant
    Dim i As Long
    On Error GoTo Failed
{check}    ReDim plain(LBound(given) To UBound(given))
    For i = LBound(given) To UBound(given)
        ' values, not cells: Python need not ask Excel for them, and currency stays a number
        If VBA.IsObject(given(i)) Then plain(i) = given(i).Value2 Else plain(i) = given(i)
    Next i
    Answer = Told(CallPython(pythonName, plain))
    Exit Function
Failed:
    Keep "Python did not answer: " & VBA.Right$(VBA.Err.Description, 500)
    Answer = CVErr(xlErrName)
End Function

' Turns a refusal, "#NUM!: sentence", into the Excel error; anything else passes through.
Private Function Told(reply As Variant) As Variant
    Dim colon As Long
    Dim sentence As String
    Told = reply
    If VBA.VarType(reply) = VBA.vbString Then
        colon = VBA.InStr(reply & ": ", ": ")
        Select Case VBA.Left$(reply, colon - 1)
{cases}
        End Select
        If VBA.IsError(Told) Then sentence = VBA.Mid$(reply, colon + 2)
    End If
    Keep sentence
End Function

' Remembers why the calling cell shows an error, or forgets it.
Private Sub Keep(sentence As String)
    Dim place As String
    If sentence = "" And kept Is Nothing Then Exit Sub
    On Error Resume Next  ' a call from a macro comes from no cell
    place = Application.Caller.Cells(1, 1).Address(External:=True)
    If place = "" Then Exit Sub
    If kept Is Nothing Then Set kept = New VBA.Collection
    kept.Remove place
    If sentence <> "" Then kept.Add sentence, place
End Sub
"""

_CHECK = """\
    If AddInIsMissing() Then
        VBA.Err.Raise 1000, , "the xlwings add-in is not loaded; run xl-cryptoai install" _
            & " and restart Excel"
    End If
"""

_ADD_IN_IS_MISSING = """\
Private Function AddInIsMissing() As Boolean
    Dim book As Object
    On Error Resume Next
    Set book = Application.Workbooks("xlwings.xlam")
    AddInIsMissing = book Is Nothing
End Function
"""

_DESCRIBE = """\
' VBA stores no help for arguments: the function wizard learns it here.
Public Sub {name}()
    Dim saved As Boolean
    On Error Resume Next
    saved = ThisWorkbook.Saved
{calls}
    ThisWorkbook.Saved = saved
End Sub

Private Sub Describe(functionName As String, category As String, help As String, _
        arguments As Variant)
    Dim macro As String
    On Error Resume Next  ' help is a courtesy: without it the functions answer all the same
    macro = "'" & VBA.Replace(ThisWorkbook.Name, "'", "''") & "'!" & functionName
    Application.MacroOptions Macro:=macro, Description:=help, Category:=category, _
        ArgumentDescriptions:=arguments
End Sub
"""

_CALL = """\
Option Private Module

Public Function CallPython(pythonName As String, given As Variant) As Variant
#If Mac Then
    VBA.Err.Raise 1000, , "these functions work on Windows only; on a Mac use the workbook" _
        & " for office"
#Else
    CallPython = XLPy.CallUDF("{module}", pythonName, given, ThisWorkbook, _
        Application.Caller)
#End If
End Function
"""


def python_module(model: Model) -> str:
    """Return the Python module that answers the calls of a model's workbook.

    That of an own model stands beside its workbook: see `xl_cryptoai_windows.own_module`.
    """
    return f"{model.prefix.lower()}_udfs" if model.text else PYTHON_MODULE


def vba_modules(model: Model, *, add_in: bool = False) -> dict[str, str]:
    """Return the text of each VBA module of a model by its name, with the line ends that VBA wants.

    Each begins with its `Attribute VB_Name` line, as a file that Excel imports does.

    Parameters
    ----------
    model : Model
        Whose functions.
    add_in : bool
        Whether the modules are for our own add-in, which has xlwings' module inside and says when
        the function wizard learns the help; else for a workbook, which refers to xlwings' add-in.
    """
    own = functions_of(model).values()
    cases = [f'            Case "{e}": Told = CVErr({ERROR_CONSTANTS[e]})' for e in EXCEL_ERRORS]
    described = "\n".join(_description(function) for function in own)
    functions = [
        "' The sentences of the refusals, by the address of the cell.",
        "Private kept As VBA.Collection\n",
        *(_function(function) for function in own),
        _WHY_FUNCTION.format(why=name_of(model, "why"), prefix=f"{model.prefix}_"),
        _ANSWER.format(cases="\n".join(cases), check="" if add_in else _CHECK),
        *([] if add_in else [_ADD_IN_IS_MISSING]),
        # the name under which Excel calls it by itself when the workbook opens
        _DESCRIBE.format(calls=described, name=DESCRIBE if add_in else "Auto_Open"),
    ]
    again = "install the add-in again" if add_in else "build the workbook again"
    module = PYTHON_MODULE if add_in else python_module(model)
    return {
        FUNCTIONS_MODULE: module_text(FUNCTIONS_MODULE, functions, again),
        CALL_MODULE: module_text(CALL_MODULE, [_CALL.format(module=module)], again),
    }


def module_text(name: str, pieces: Sequence[str], again: str) -> str:
    """Return the text of a standard module: its first lines, then the pieces.

    Parameters
    ----------
    name : str
        Name of the module.
    pieces : sequence of str
        Its text.
    again : str
        What to do instead of editing it.
    """
    return crlf("\n".join([_HEAD.format(name=name, again=again), *pieces]))


def _function(function: ExcelFunction) -> str:
    name = function.name
    arguments = [argument.name for argument in function.arguments]
    optional = [argument.name for argument in function.arguments if argument.optional]
    declared = [f"Optional {one} As Variant" if one in optional else one for one in arguments]
    head = _wrap(f"Public Function {name}(", declared, ") As Variant", 8)
    # Python gets None for what is left out, whatever number COM has for a missing argument
    blanks = "".join(f"    If VBA.IsMissing({one}) Then {one} = Empty\n" for one in optional)
    call = _wrap(f'    {name} = Answer("{function.python_name}", Array(', arguments, "))", 8)
    return (
        f"{head}\n"
        f"Attribute {name}.VB_Description = {quoted(function.help)}\n"
        f'Attribute {name}.VB_ProcData.VB_Invoke_Func = " \\n14"\n'  # 14 is "User Defined"
        f"{blanks}{call}\n"
        "End Function\n"
    )


def _description(function: ExcelFunction) -> str:
    helps = ", _\n".join(f"        {quoted(argument.help)}" for argument in function.arguments)
    names = f"{quoted(function.name)}, {quoted(function.category)}"
    return f"    Describe {names}, _\n        {quoted(function.help)}, Array( _\n{helps})"


def _wrap(start: str, items: Sequence[str], end: str, indent: int) -> str:
    """Break a list of items over lines, with VBA's mark for a line that goes on."""
    lines = textwrap.wrap(
        f"{start}{', '.join(items)}{end}",
        width=_WIDTH - 2,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return " _\n".join(lines)


def quoted(text: str) -> str:
    """Return a text as VBA source writes it: in quotes, and each quote in it twice."""
    return '"' + text.replace('"', '""') + '"'


def crlf(text: str) -> str:
    """Return a text with the line ends that VBA wants."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n")
