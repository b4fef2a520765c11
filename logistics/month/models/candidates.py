"""Sites at which a kitchen car could stand, and what they need."""

from __future__ import annotations

from django.db import models

from foodbank.sites.models import Site


class Weekday(models.IntegerChoices):
    """Monday is 0, as in the calendar of the standard library."""

    MONDAY = 0, "月曜"
    TUESDAY = 1, "火曜"
    WEDNESDAY = 2, "水曜"
    THURSDAY = 3, "木曜"
    FRIDAY = 4, "金曜"
    SATURDAY = 5, "土曜"
    SUNDAY = 6, "日曜"


class Candidate(models.Model):
    """A mobile site that may be visited: how many households are in need, how long a visit lasts, how many visits a month it needs at
    least and can take at most, and how many days lie between two. ``on_holidays``: a visit may fall on a public holiday. Which
    cars may stand there is the site's own (D17)."""

    site = models.OneToOneField(Site, on_delete=models.PROTECT, related_name="candidate", verbose_name="会場")
    households = models.PositiveIntegerField("必要とする世帯数")
    visit_minutes = models.PositiveIntegerField("1回の長さ（分）", default=120)
    least_visits = models.PositiveIntegerField("月に最低", default=1)
    most_visits = models.PositiveIntegerField("月に最高", default=4)
    days_between = models.PositiveIntegerField("訪問の間隔（日以上）", default=7)
    on_holidays = models.BooleanField("祝日も訪問する", default=False)
    active = models.BooleanField("候補にする", default=True)

    class Meta:
        verbose_name = "移動パントリーの候補地"
        verbose_name_plural = "移動パントリーの候補地"
        ordering = ("site__code",)
        constraints = (
            models.CheckConstraint(condition=models.Q(least_visits__lte=models.F("most_visits")), name="candidate_least_to_most"),
            models.CheckConstraint(condition=models.Q(households__gte=1), name="candidate_has_households"),
            models.CheckConstraint(condition=models.Q(days_between__gte=1), name="candidate_days_between"),
        )

    def __str__(self) -> str:
        return str(self.site)


class CandidateHours(models.Model):
    """On this weekday a car may stand open at the site between these times; a weekday may have several rows."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="hours", verbose_name="候補地")
    weekday = models.PositiveSmallIntegerField("曜日", choices=Weekday)
    start = models.TimeField("から")
    end = models.TimeField("まで")

    class Meta:
        verbose_name = "訪問できる曜日と時間"
        verbose_name_plural = "訪問できる曜日と時間"
        ordering = ("candidate", "weekday", "start")
        constraints = (
            models.UniqueConstraint(fields=("candidate", "weekday", "start"), name="candidate_hours_once"),
            models.CheckConstraint(condition=models.Q(end__gt=models.F("start")), name="candidate_hours_forwards"),
        )

    def __str__(self) -> str:
        return f"{self.candidate} {self.get_weekday_display()} {self.start:%H:%M}–{self.end:%H:%M}"


class ForbiddenDay(models.Model):
    """On this day nobody may come to the site: its own event, a closed car park."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="forbidden_days", verbose_name="候補地")
    day = models.DateField("日")

    class Meta:
        verbose_name = "訪問できない日"
        verbose_name_plural = "訪問できない日"
        ordering = ("day", "candidate")
        constraints = (models.UniqueConstraint(fields=("candidate", "day"), name="forbidden_day_once"),)

    def __str__(self) -> str:
        return f"{self.candidate} {self.day}"
