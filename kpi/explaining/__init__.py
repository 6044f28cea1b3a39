"""Where a figure or a score comes from: its steps with numbers, and everything that went into it."""

from kpi.explaining.figures import explanation_of as explanation_of
from kpi.explaining.in_force import is_not_recorded as is_not_recorded
from kpi.explaining.in_force import kept_for as kept_for
from kpi.explaining.in_force import links_above as links_above
from kpi.explaining.in_force import links_below as links_below
from kpi.explaining.in_force import posts_below as posts_below
from kpi.explaining.scores import score_address as score_address
from kpi.explaining.scores import score_explanation as score_explanation
from kpi.explaining.shapes import Contributor as Contributor
from kpi.explaining.shapes import Explanation as Explanation
