"""Reorganisation: a plan carries what agencies have in hand from one dated set of agencies to the next, and back."""
