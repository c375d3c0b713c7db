"""Tests of the demonstration collection."""
