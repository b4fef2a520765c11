"""Scan codes, GS1 parsing, QR and label drawing. No tables; the caller passes the base address in."""
