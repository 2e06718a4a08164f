"""Numbers in, numbers out: no web, no database."""
