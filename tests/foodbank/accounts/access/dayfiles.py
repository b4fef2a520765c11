from __future__ import annotations

import uuid

from tests.foodbank.accounts.access.table import DESK, Row

ROWS = {
    "dayfiles:upload": Row(DESK),
    "dayfiles:preview": Row(DESK, args=[uuid.UUID(int=1)], wide=True),
}
