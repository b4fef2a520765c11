from foodbank.sites.models.agreements import Agreement
from foodbank.sites.models.sites import PermitClass, Site, SiteKind

__all__ = ["Agreement", "PermitClass", "Site", "SiteKind"]
