from foodbank.accounts.models.events import AccountEvent, EventKind
from foodbank.accounts.models.joins import DayJoin
from foodbank.accounts.models.roles import DayCode, Invitation, Role, RoleGrant
from foodbank.accounts.models.users import User

__all__ = ["AccountEvent", "DayCode", "DayJoin", "EventKind", "Invitation", "Role", "RoleGrant", "User"]
