"""What a formula says: its parts, its references, its dependencies and its value."""
