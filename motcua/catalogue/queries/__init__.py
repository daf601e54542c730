"""Reading the catalogue."""

from motcua.catalogue.queries.browse import (
    ORDER,
    Filters,
    agency_counts,
    common,
    field_counts,
    life_events,
    listed,
    names,
)
from motcua.catalogue.queries.counts import counts
from motcua.catalogue.queries.facts import (
    FilingFacts,
    TimeUnknown,
    competent_agency,
    components,
    filing_facts,
    legal_documents,
    nearest_centre,
    procedure,
    procedure_for_filing,
    receiving_centres,
    service_level,
    time_limit,
    version,
    why_not_online,
)
from motcua.catalogue.queries.search import Found, search, with_level

__all__ = [
    "ORDER",
    "FilingFacts",
    "Filters",
    "Found",
    "TimeUnknown",
    "agency_counts",
    "common",
    "competent_agency",
    "components",
    "counts",
    "field_counts",
    "filing_facts",
    "legal_documents",
    "life_events",
    "listed",
    "names",
    "nearest_centre",
    "procedure",
    "procedure_for_filing",
    "receiving_centres",
    "search",
    "service_level",
    "time_limit",
    "version",
    "why_not_online",
    "with_level",
]
