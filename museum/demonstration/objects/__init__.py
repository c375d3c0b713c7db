"""The objects of the demonstration, one module each with `build(*, detail, epoch)`."""
