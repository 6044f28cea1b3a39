"""Verbs of strategy: `loading` (what a province's folder states) and `issues` (the plan's own)."""
