"""Products; what the food bank settles about carrying them."""
