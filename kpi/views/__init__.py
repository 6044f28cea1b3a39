"""Pages of KPIs: the grid in `entry`, what everybody reads in `public`, the list in `dictionary`."""
