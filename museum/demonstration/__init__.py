"""The generated collection: writes a folder that ingest takes like any other."""
