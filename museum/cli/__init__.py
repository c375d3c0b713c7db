"""The command line: museum init | ingest | list | index | check | rebuild | serve | work | demo."""
