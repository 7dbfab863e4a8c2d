"""Dashboards: boards of the centre, sectors, provinces and communes; every number live, with its age, source and rows. People
compose boards of their own, write notes beside numbers, and keep boards as they are, for good.

Not here: computing numbers (data.warehouse), directives (commons.direction).
Needs: commons.direction, commons.procedures, data.identity, data.intelligence, data.quality, data.registry, data.warehouse,
foundation.access, foundation.audit, foundation.design, foundation.directory.
"""
