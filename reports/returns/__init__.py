"""One entry, many returns: the forms that other offices ask for, filled from what is kept here."""
