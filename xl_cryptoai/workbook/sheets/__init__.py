"""One module a sheet; each writes its own cells and nothing else's."""
