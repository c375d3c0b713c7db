"""Readers of scan files, one format each: by chunks, so that a file may be larger than memory."""
