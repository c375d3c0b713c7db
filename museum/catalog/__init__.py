"""Records, record types, vocabularies, designations, media and the change log through which every write goes."""
