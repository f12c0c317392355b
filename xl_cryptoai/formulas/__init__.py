"""What a formula says: its parts, its references, its dependencies and its value.

The room knows workbooks, no model. From the ground up:

- `tokens`, `words`, `addresses`, `parse`, `tree`, `text`: a formula as a tree and back;
- `relative`: the relative form, one object for all fills of a formula;
- `targets`, `uses`, `resolve`: what references mean, through sheets, names and tables;
- `cells`, `area_index`, `circles`, `graph`: who depends on whom, and on itself;
- `values`, `stored`, `operators`, `functions`, `site`, `references`, `calls`, `special`, `compile`,
  `evaluate`: the value of one cell, an Excel error, or not known;
- `grids`, `aggregates`, `blocks`: the values of many cells with one formula.

Only the last line imports numpy.
"""
