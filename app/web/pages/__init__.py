"""The pages that people read. Each works without JavaScript."""
