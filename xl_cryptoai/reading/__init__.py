"""A workbook of ours in an opened file: its tables, input fields and stored results."""
