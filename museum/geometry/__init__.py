"""Scans: meshes and point clouds in, facts, web models and posters out. Pure: files and arrays, millimetres inside."""
