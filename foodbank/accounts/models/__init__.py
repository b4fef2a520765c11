from foodbank.accounts.models.users import User

__all__ = ["User"]
