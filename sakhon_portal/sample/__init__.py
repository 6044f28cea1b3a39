"""The sample year, played through the verbs that officers use; every row is marked."""
