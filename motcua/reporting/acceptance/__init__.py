"""The acceptance data set: the first half-year of 2023 as real rows, and the figures that must come out of them."""
