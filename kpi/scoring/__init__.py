"""Pure arithmetic of KPIs: no ORM, no clock, no settings.

`words` names the rules and refuses what does not go together; `exact` computes over integers of
1/10,000; the other modules offer the same to pages, previews and reports in Decimals, by subject.
"""
