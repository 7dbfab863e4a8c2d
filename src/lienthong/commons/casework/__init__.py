"""Casework: dossiers of administrative procedures as facts of government to learn from.

Every agency sends its dossiers here, in the national sync profile or as plain columns; each becomes a record of one register
with its whole history, from which indicators, indices and forecasts are computed. What the law says of a dossier (its ten
states, when it is late, what a supplement does) is a rule of this module and of no other. How many stand open, and how many past
due, at the end of a day is no sum over dossiers: the days are closed one by one into a register of their own.

Not here: the catalogue of procedures (commons.procedures), handling cases, payments, the index of Decision 766
(channels.kpis).
Needs: commons.procedures, data.intelligence, data.registry, data.warehouse, foundation.audit, foundation.directory.
"""
