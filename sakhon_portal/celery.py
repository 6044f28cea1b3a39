"""The Celery application; its schedule is written here and is on by default."""

import os
from logging.config import dictConfig
from typing import Any

from celery import Celery
from celery.app.log import Logging
from celery.schedules import crontab
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sakhon_portal.settings")


class OneForm(Logging):
    """Keep Celery from a format and a level of its own: LOG_LEVEL holds for every process."""

    def setup_logging_subsystem(self, *_asked: Any, **_more: Any) -> bool:
        dictConfig(settings.LOGGING)
        return True


app = Celery("sakhon_portal", log=OneForm)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="jobs")

# Times are Asia/Bangkok. Names are those that django-celery-beat shows to an operator.
app.conf.beat_schedule = {
    "jobruns-heartbeat": {"task": "jobruns.jobs.beat_heart", "schedule": 20.0},
    "jobruns-requeue-stale": {"task": "jobruns.jobs.requeue_stale", "schedule": 60.0},
    "audit-seal": {"task": "audit.jobs.seal_events", "schedule": crontab(minute=10)},
    "kpi-quarterly-rollup": {
        "task": "kpi.jobs.roll_up_quarter",
        "schedule": crontab(hour=1, minute=0, day_of_month=1, month_of_year="1,4,7,10"),
    },
    "kpi-nightly-recompute": {
        "task": "kpi.jobs.recompute_all",
        "schedule": crontab(hour=2, minute=0),
    },
    "budget-nightly-recompute": {
        "task": "budget.jobs.recompute_all",
        "schedule": crontab(hour=2, minute=30),
    },
    "planning-forget-contacts": {
        "task": "planning.jobs.forget_old_contacts",
        "schedule": crontab(hour=3, minute=10),
    },
    "reminders-daily": {
        "task": "reminders.jobs.remind_people",
        "schedule": crontab(hour=8, minute=0),
    },
}
