"""KPIs: trees of weighted criteria scored from indicators; every score leads down to its rows.

Not here: the indicators (data.warehouse), what is done about a low score (commons.direction).
Needs: data.warehouse, foundation.audit, foundation.design, foundation.directory, foundation.outbox.
"""
