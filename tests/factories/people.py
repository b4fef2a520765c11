"""Shops, partners and their agreements; names say that they are examples."""

from __future__ import annotations

import datetime as dt

import factory

from foodbank.donations.models import Donor
from foodbank.partners.models import Partner
from foodbank.sites.models import Agreement, Site, SiteKind


class SiteFactory(factory.django.DjangoModelFactory[Site]):
    class Meta:
        model = Site

    code = factory.Sequence(lambda n: f"X{n:03d}")
    name = factory.Sequence(lambda n: f"見本の場所{n}")
    kind = SiteKind.DEPOT
    latitude = 34.34
    longitude = 134.05
    opens = dt.time(8)
    closes = dt.time(21)


class AgreementFactory(factory.django.DjangoModelFactory[Agreement]):
    """Valid from 2020 on, without end."""

    class Meta:
        model = Agreement

    site = factory.SubFactory(SiteFactory)
    valid_from = dt.date(2020, 1, 1)


class DonorFactory(factory.django.DjangoModelFactory[Donor]):
    """A shop with an agreement; ``agreement=None`` leaves it out."""

    class Meta:
        model = Donor
        skip_postgeneration_save = True

    site = factory.SubFactory(SiteFactory, kind=SiteKind.DONOR, code=factory.Sequence(lambda n: f"D{n:03d}"))
    agreement = factory.RelatedFactory(AgreementFactory, factory_related_name="", site=factory.SelfAttribute("..site"))


class PartnerFactory(factory.django.DjangoModelFactory[Partner]):
    """A 食堂 with an agreement; ``agreement=None`` leaves it out."""

    class Meta:
        model = Partner
        skip_postgeneration_save = True

    site = factory.SubFactory(SiteFactory, kind=SiteKind.PARTNER, code=factory.Sequence(lambda n: f"P{n:03d}"))
    agreement = factory.RelatedFactory(AgreementFactory, factory_related_name="", site=factory.SelfAttribute("..site"))
