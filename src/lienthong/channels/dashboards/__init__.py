"""Dashboards: boards of the centre, sectors, provinces and communes; every number live, with its age, source and rows.

Not here: computing numbers (data.warehouse), directives (commons.direction).
Needs: commons.direction, data.identity, data.intelligence, data.quality, data.registry, data.warehouse, foundation.audit,
foundation.design, foundation.directory.
"""
