"""Pages about lots and their labels."""
