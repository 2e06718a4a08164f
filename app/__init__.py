"""Blomst: image classification you host yourself, teach with your own photos, and can trust."""

__version__ = "0.1.0"
