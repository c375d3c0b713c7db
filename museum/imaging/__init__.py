"""Photographs: source, colour, pyramid, tile. Bytes and arrays in and out."""
