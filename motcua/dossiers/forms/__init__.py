"""Forms of the dossier: shape only, the rules decide."""
