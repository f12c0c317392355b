"""Two workbooks: what differs, as data."""
