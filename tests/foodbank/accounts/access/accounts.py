from __future__ import annotations

from tests.foodbank.accounts.access.table import Row, Who

ROWS = {
    "accounts:login": Row(Who.PUBLIC),
    "accounts:logout": Row(Who.PUBLIC, "post"),
    "accounts:me": Row(Who.SIGNED_IN),
}
