"""Forms of feedback cases: shape only, the rules decide."""
