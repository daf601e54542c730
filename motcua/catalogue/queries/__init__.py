"""Reading the catalogue."""

from motcua.catalogue.queries.counts import counts
from motcua.catalogue.queries.search import Found, search, with_level

__all__ = ["Found", "counts", "search", "with_level"]
