"""The lecture, live: its chapters and their numbers. No web."""
