"""The JSON API under /api/v1, and what operations ask for."""
