"""One helper locks, in key order, and only where a lock means something (R2)."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from foodbank.core.locking import NotInTransaction, lock_rows
from foodbank.sites.models import Site
from tests.factories import SiteFactory


@pytest.mark.django_db(transaction=True)
def test_a_lock_outside_a_transaction_is_refused():
    with pytest.raises(NotInTransaction):
        lock_rows(Site.objects.all(), [1])


@pytest.mark.django_db
def test_rows_come_fresh_by_key_and_missing_ones_are_missing():
    one, two = SiteFactory.create(), SiteFactory.create()
    Site.objects.filter(pk=one.pk).update(name="変更後")
    rows = lock_rows(Site.objects.all(), [two.pk, one.pk, one.pk, two.pk + 1])
    assert list(rows) == [one.pk, two.pk]
    assert rows[one.pk].name == "変更後"


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_statement_locks_in_key_order():
    site = SiteFactory.create()
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        lock_rows(Site.objects.all(), [site.pk])
    [statement] = [query["sql"] for query in queries if "FOR UPDATE" in query["sql"]]
    assert statement.index("ORDER BY") < statement.index("FOR UPDATE")
