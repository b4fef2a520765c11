"""``make bench``: how many requests a second the program answers, and how long they take."""
