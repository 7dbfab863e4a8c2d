"""Warehouse: indicators computed from registers, incrementally, by territory and period; thresholds and signals.

An indicator is a sum of contributions of rows (a count, a sum, or a ratio of two sums), so a changed row moves exactly
its own cells: what it gives now less what it gave before. Each cell knows its age, completeness and rows.

Not here: drawing numbers (channels.dashboards), acting on signals (commons.direction).
Needs: data.registry, foundation.audit, foundation.directory, foundation.outbox.
"""
