"""Masters (OCFL) and derivatives, in a local folder or S3."""
