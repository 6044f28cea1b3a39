"""Pages that join several apps, one module for each kind of reader."""
