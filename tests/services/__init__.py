"""The real servers that the suite runs against: found or installed, started on loopback, stopped by their own process id."""
