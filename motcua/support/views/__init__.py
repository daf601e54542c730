"""Pages of feedback cases."""
