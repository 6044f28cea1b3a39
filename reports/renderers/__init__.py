"""From one report document to its page, PDF, CSV and JSON: the same document, the same bytes."""
