"""The reorganisations of the province replayed with open dossiers in every unit: nothing lost, nothing homeless."""
