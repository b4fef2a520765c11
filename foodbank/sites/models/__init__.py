from foodbank.sites.models.agreements import Agreement
from foodbank.sites.models.sites import Site, SiteKind

__all__ = ["Agreement", "Site", "SiteKind"]
