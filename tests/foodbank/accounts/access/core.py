from __future__ import annotations

from tests.foodbank.accounts.access.table import Row, Who

ROWS = {
    "home": Row(Who.PUBLIC),  # sends on to the first page of whoever asks
    "set_language": Row(Who.PUBLIC, "post"),
    "healthz": Row(Who.PUBLIC),
    "readyz": Row(Who.PUBLIC),
}
