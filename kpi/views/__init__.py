"""Pages of KPIs: `entry` is the reporter's grid, `public` what everybody reads, `dictionary` the strategy office's."""
