"""Tests of museum.fetching."""
