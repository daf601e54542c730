"""Reading the catalogue."""

from motcua.catalogue.queries.counts import counts

__all__ = ["counts"]
