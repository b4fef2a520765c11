"""What another process needs to work on the database of the running test."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from deploy.tools import process


def database_url() -> str:
    """``DATABASE_URL`` of the database that this test uses now."""
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{quote(str(facts['NAME']))}"
    host = f"{facts['HOST']}:{facts['PORT']}" if facts["PORT"] else facts["HOST"]
    return f"postgresql://{quote(facts['USER'])}:{quote(facts['PASSWORD'])}@{host}/{quote(facts['NAME'])}"


def environment(var: Path, **more: str) -> dict[str, str]:
    """This process's environment on the test's database, with folders of its own."""
    own = {"DATABASE_URL": database_url(), "VAR_DIR": str(var), "SECRET_KEY": settings.SECRET_KEY}
    return {**os.environ, **process.PLAIN_ENVIRONMENT, **own, **more}
