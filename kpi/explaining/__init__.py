"""Where a figure or a score comes from: its steps with numbers, and everything that went into it."""

from kpi.explaining.figures import explanation_of as explanation_of
from kpi.explaining.scores import score_address as score_address
from kpi.explaining.scores import score_explanation as score_explanation
from kpi.explaining.shapes import Contributor as Contributor
from kpi.explaining.shapes import Explanation as Explanation
