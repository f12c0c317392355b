"""From a figure down to its constants, or up to all that is computed from it."""
