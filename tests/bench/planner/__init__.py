"""The planner beside its peers on the same days, the same cores and in the same run; every answer is checked again."""
