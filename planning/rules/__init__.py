"""The reasons for "no" in planning, one module a subject."""
