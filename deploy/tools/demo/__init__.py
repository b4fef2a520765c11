"""``make demo``: a whole working day, done as people would do it: with the commands and by pressing the pages' buttons."""
