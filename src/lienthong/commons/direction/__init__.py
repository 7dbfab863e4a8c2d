"""Direction: directives and their tasks, from the signal that caused them to the result that was measured.

A directive (Decision 42/2014/QĐ-TTg, domain of the Government's direction system) has tasks; each has a lead agency, a
deadline in working days and, where it can be measured, a target on an indicator. A task advances by data and evidence;
overdue, it escalates up the line. The tasks are themselves a register, so that indicators and KPIs count them.

Not here: indicators and signals (data.warehouse), boards (channels.dashboards), scores (channels.kpis).
Needs: data.identity, data.intelligence, data.registry, data.warehouse, foundation.access, foundation.audit,
foundation.design, foundation.directory, foundation.outbox, foundation.storage.
"""
