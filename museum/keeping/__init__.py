"""Keeping: backups and their restoring, the catalogue rebuilt from the masters, the doctor, upgrades."""
