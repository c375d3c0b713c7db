"""The workbench: one module a subject; only for people who signed in."""
