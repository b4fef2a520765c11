"""From the facts of a day to a checked plan. Pure functions: no tables, no clock, no Django."""
