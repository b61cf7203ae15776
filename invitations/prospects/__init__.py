"""Prospect lists: who is on them, what is written to them, and what came of it."""
