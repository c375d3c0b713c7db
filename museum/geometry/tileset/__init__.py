"""3D Tiles 1.1 of large scans: cut, simplified from the leaves to the root, measured, packed into one archive."""
