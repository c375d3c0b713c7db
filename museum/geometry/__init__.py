"""Scans: mesh, cloud, render. Millimetres inside, float64, shapes stated."""
