"""From one report document to its page, PDF, CSV and JSON; pure: the same document, the same bytes."""
