"""Assessments on paper: `words` (what the form says), `sheets` (xlsx), `papers` (PDF)."""
