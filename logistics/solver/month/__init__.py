"""The kitchen cars' month: which site is visited on which day, by which car, at what time.

``problem`` says what is asked and answered, ``weights`` what counts how much, ``search`` finds the visits with CP-SAT, ``shortage`` says
why a site gets fewer than it needs and what would change it, ``check`` judges any set of visits and shares no code with the search.
"""

from logistics.solver.month.problem import CarDay, MonthProblem, MonthResult, Rules, Site, Visit, Window
from logistics.solver.month.search import plan_month

__all__ = ["CarDay", "MonthProblem", "MonthResult", "Rules", "Site", "Visit", "Window", "plan_month"]
