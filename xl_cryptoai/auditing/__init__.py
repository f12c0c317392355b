"""Checks workbooks, rule by rule; it knows the model's description, not the builder."""
