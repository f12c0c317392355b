"""Two copies of a workbook brought together: by input field, not by cell."""
