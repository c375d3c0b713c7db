"""Long trials under kills: `make soak`. Each is a program that prints what it tried and ends with 1 when it lost."""
