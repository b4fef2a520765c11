"""The warehouse volunteer's pages, one file per kind of work."""
