"""KPIs: trees of weighted criteria scored from indicators, of the moment or by month, quarter and year; every score leads down to
its rows. Results of periods are scored by the bodies themselves where only evidence can tell, appraised by others, published,
appealed; red ones ask the body for a public answer.

Not here: the indicators (data.warehouse), what is counted over dossiers (commons.casework), from which day a unit answers for a
criterion (commons.stewardship), what is done about a low score (commons.direction).
Needs: commons.casework, commons.procedures, commons.stewardship, data.identity, data.intelligence, data.registry, data.warehouse,
foundation.audit, foundation.design, foundation.directory, foundation.outbox.
"""
