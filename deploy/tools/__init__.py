"""For people who set up, show and check the program. Nothing of the program imports this."""
