"""The shapes of what is typed in planning: shared fields, needs, plans."""
