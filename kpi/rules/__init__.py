"""Why something may not be done with a KPI: `entries`, `definitions`.

`surroundings` is what they look at, `wording` what they say.
"""
