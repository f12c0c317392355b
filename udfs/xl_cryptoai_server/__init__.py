"""Serves the Excel functions to Excel on Windows, Mac and the web, through xlwings Server.

`project` writes the folder that xlwings Server works from, `app` is the application that a web
server runs, `start` starts it, checks what it serves and says how Excel finds it. `guard` stands
before the application and `connections` before the guard; `beside` answers calls that take long.

xlwings Server is a product of its own with its own licence: free for noncommercial use, paid
otherwise. It is installed by the extra `server` only.
"""
