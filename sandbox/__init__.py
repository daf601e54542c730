"""The neighbours' side, for the demo and the tests: a program of its own that shares no code with Motcua."""
