"""People, institutions, roles: who may see what."""
