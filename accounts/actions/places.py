"""Areas and agencies: every write by a loader or a person."""
