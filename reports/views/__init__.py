"""Pages of reports: what the public finds, and the strategy office's desk."""
