"""The VBA of the add-in, beside the functions: the buttons' callbacks, links, settings, events."""

from __future__ import annotations

from xl_cryptoai.workbook.vba_module import DESCRIBE, module_text, quoted
from xl_cryptoai_windows.ribbon import BUTTONS, CALLBACKS, TAB, Button

LINKS = "xl_cryptoai_links"
SETTINGS = "xl_cryptoai"
"""The name by which xlwings' module calls the add-in's settings sheet, with .conf at its end."""
SHEET = f"{SETTINGS}.conf"
AGAIN = "install the add-in again"

_CLICK = f"""\
Private Sub Click(label As String, python As String, needsBook As Boolean, onMac As Boolean)
    ThisWorkbook.Listen  ' after an error that ended all macros Excel's events reach no handler
    If Not MayRun(label, needsBook, onMac) Then Exit Sub
    If ActiveWorkbook Is Nothing Then Application.Workbooks.Add  ' xlwings needs an active one
    On Error GoTo Failed
    Application.StatusBar = label & " ..."
    RunPython python
#If Not Mac Then
    Application.StatusBar = False  ' on a Mac Python runs on, and xlwings does this when it ends
#End If
    Exit Sub
Failed:
    Application.StatusBar = False
    Say label, "Python did not start: " & VBA.Err.Description & ". Run xl-cryptoai doctor; it" _
        & " names the fix."
End Sub

Private Function MayRun(label As String, needsBook As Boolean, onMac As Boolean) As Boolean
    Dim interpreter As String
#If Mac Then
    If Not onMac Then
        Say label, "This button needs the CAI functions, which xlwings has on Windows only."
        Exit Function
    End If
    interpreter = GetConfig("INTERPRETER_MAC")
#Else
    interpreter = GetConfig("INTERPRETER_WIN")
    If interpreter <> "" And Not FileExists(interpreter) Then
        Say label, "There is no Python at " & interpreter & ". Run xl-cryptoai install, then" _
            & " restart Excel."
        Exit Function
    End If
#End If
    If interpreter = "" Then
        Say label, "The add-in does not know which Python to run. Run xl-cryptoai install, then" _
            & " restart Excel."
    ElseIf needsBook And ActiveWorkbook Is Nothing Then
        Say label, "No workbook is open for editing. Open one, or press Enable Editing, and" _
            & " click again."
    Else
        MayRun = True
    End If
End Function

Private Sub Say(label As String, sentence As String)
    VBA.MsgBox label & ": " & sentence, 48, "{TAB}"  ' 48 is vbExclamation
End Sub
"""

_LINKS_MODULE = f"""\
Option Private Module

' A cell that calls a function of an add-in stores a link with the add-in's path. Where that is not
' the path of this add-in, Excel shows it in the formula and finds no function.
Public Sub RepairOpenWorkbooks()
    Dim book As Object
    For Each book In Application.Workbooks
        RepairLinks book
    Next book
End Sub

' Points every link to a file of this add-in's name to this add-in. The workbook does not count as
' changed by that: saved or not, the next opening repairs it again.
Public Sub RepairLinks(ByVal book As Object)
    Dim links As Variant
    Dim saved As Boolean
    Dim failed As String
    Dim i As Long
    links = book.LinkSources(1)  ' 1 is xlExcelLinks; Empty if there are none
    If VBA.IsEmpty(links) Then Exit Sub
    saved = book.Saved
    For i = LBound(links) To UBound(links)
        If MeansThisAddIn(VBA.CStr(links(i))) Then
            If Not LinkChanged(book, VBA.CStr(links(i))) Then failed = VBA.CStr(links(i))
        End If
    Next i
    book.Saved = saved
    If failed <> "" Then
        VBA.MsgBox book.Name & " calls functions of " & failed & ", and the link cannot be" _
            & " changed to " & ThisWorkbook.FullName & ". Unprotect its sheets, then use Data >" _
            & " Edit Links > Change Source.", 48, "{TAB}"
    End If
End Sub

Private Function MeansThisAddIn(path As String) As Boolean
    If VBA.StrComp(path, ThisWorkbook.FullName, 1) <> 0 Then  ' 1 ignores case
        MeansThisAddIn = VBA.StrComp(FileName(path), ThisWorkbook.Name, 1) = 0
    End If
End Function

Private Function FileName(path As String) As String
    Dim plain As String
    plain = VBA.Replace(path, "\\", "/")
    FileName = VBA.Mid$(plain, VBA.InStrRev(plain, "/") + 1)
End Function

Private Function LinkChanged(ByVal book As Object, path As String) As Boolean
    On Error Resume Next  ' sheets may be protected
    book.ChangeLink path, ThisWorkbook.FullName, 1
    LinkChanged = VBA.Err.Number = 0
End Function
"""

DOCUMENT = f"""\
Option Explicit
Private WithEvents host As Application
Private described As Boolean

Private Sub Workbook_Open()
    Listen
    RepairOpenWorkbooks
End Sub

Public Sub Listen()
    If host Is Nothing Then Set host = Application
End Sub

Private Sub host_WorkbookOpen(ByVal Wb As Workbook)
    RepairLinks Wb
End Sub

' Excel takes no help for functions while no workbook is active, as when it starts.
Private Sub host_WorkbookActivate(ByVal Wb As Workbook)
    If described Then Exit Sub
    described = True
    {DESCRIBE}
End Sub
"""
"""What goes into the add-in's document module."""

GET_CONFIG = f"""\
Function GetConfig(configKey As String, Optional default As String = "", \
Optional source As String = "") As Variant
    ' Written by xl-cryptoai in the place of xlwings' own, which also asks a sheet of the active
    ' workbook and a file beside it: a workbook could so name the program that a click runs.
    Dim sheet As Object
    Dim row As Long
    Dim found As String
    found = default
    Set sheet = ThisWorkbook.Worksheets("{SHEET}")
    row = 1
    Do While sheet.Cells(row, 1).Value2 <> ""
        If UCase$(sheet.Cells(row, 1).Value2) = UCase$(configKey) Then
            found = sheet.Cells(row, 2).Value2
            Exit Do
        End If
        row = row + 1
    Loop
    GetConfig = ExpandEnvironmentStrings(found)
End Function
"""
"""Our function for xlwings' module: settings come from the add-in's own sheet and nowhere else."""


def add_in_modules() -> dict[str, str]:
    """Return the text of each VBA module of the add-in that holds no function, by its name."""
    callbacks = [_callback(button) for button in BUTTONS.values()]
    return {
        CALLBACKS: module_text(CALLBACKS, [*callbacks, _CLICK], AGAIN),
        LINKS: module_text(LINKS, [_LINKS_MODULE], AGAIN),
    }


def _callback(button: Button) -> str:
    given = f"{quoted(button.label)}, {quoted(button.python)}"
    return (
        f"Public Sub {button.sub}(control As IRibbonControl)\n"
        f"    Click {given}, _\n        {button.needs_book}, {button.works_on_mac}\n"
        "End Sub\n"
    )
