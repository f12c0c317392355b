"""How the audit's HTML report looks."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

STYLE = """
:root{--ink:#1d2733;--soft:#5c6b7a;--line:#dde3ea;--bad:#b3261e;--good:#1b6e3c;--warn:#8a5a00}
*{box-sizing:border-box}
body{margin:0;background:#f5f7f9;color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI","Liberation Sans",Arial,sans-serif}
main{max-width:1120px;margin:0 auto;padding:32px 24px 64px}
h1{font-size:28px;margin:0}h2{font-size:20px;margin:0 0 12px;overflow-wrap:anywhere}
h3{font-size:16px;margin:28px 0 4px}header p,section>p{color:var(--soft);margin:4px 0 12px}
section{background:#fff;border:1px solid var(--line);border-radius:8px;padding:24px;margin-top:24px}
section>p.verdict{display:inline-block;font-weight:600;padding:4px 12px;border-radius:6px}
.bad{background:#fbe9e7;color:var(--bad)!important}
.good{background:#e4f4ea;color:var(--good)!important}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th{text-align:left;font-size:13px;color:var(--soft);font-weight:600;
border-bottom:2px solid var(--line)}
th,td{padding:7px 12px 7px 0;vertical-align:top}td{border-bottom:1px solid var(--line)}
tr:last-child td{border-bottom:0}
code{font:13px/1.5 ui-monospace,Consolas,"Liberation Mono",monospace;color:#38506b}
td code{white-space:nowrap}.cure{color:var(--soft)}
.error,.warning{font-size:12px;font-weight:600;border-radius:4px;padding:1px 7px}
.error{background:#fbe9e7;color:var(--bad)}.warning{background:#fdf1da;color:var(--warn)}
.number{display:block;text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.number{padding-left:12px}.assumptions td:last-child{min-width:190px}
.assumptions th:nth-child(n+2):nth-child(-n+4){text-align:right}
.assumptions :is(td,th):nth-child(n+5){padding-left:12px}
.assumptions td b{font-weight:600}
.changed{color:var(--bad);font-weight:600;white-space:nowrap}.same{color:var(--soft);white-space:nowrap}
a{color:#1f5fa8;text-decoration:none}.note{font-style:italic}
figure{margin:12px 0;border:1px solid var(--line);border-radius:6px;overflow:hidden}
figure img{display:block;width:100%;height:auto}
@media print{figure{break-inside:avoid}body{background:#fff}section{border:0;padding:12px 0}}
"""
"""The style sheet; nothing is fetched from anywhere."""


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], kind: str) -> str:
    """Write a table; its cells are HTML already."""
    head = "".join(f"<th>{escape(text)}</th>" for text in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    whole = f"<table class='{kind}'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f"<div class='wide'>{whole}</div>"


def number(text: str) -> str:
    """Write a figure, to stand below others."""
    return f"<span class='number'>{escape(text)}</span>"
