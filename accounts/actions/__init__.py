"""Verbs of accounts: `people` (users, memberships, posts) and `places` (areas, agencies)."""
