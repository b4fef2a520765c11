from foodbank.accounts.models.roles import DayCode, Invitation, Role, RoleGrant
from foodbank.accounts.models.users import User

__all__ = ["DayCode", "Invitation", "Role", "RoleGrant", "User"]
