"""Stewardship: the Model's own steering. The four layers with every system of Regulation 05-QĐ/BCĐTW, what of each is built,
who answers for it, and how it is at this moment; the seven principles as gauges over what the space counts of itself;
delegations judged by results; from which day units answer for what (roadmaps); the agencies and responsibilities as people
look them up; what operators must see to.

Not here: directives (commons.direction), the lists of agencies themselves (foundation.directory), what an indicator is
(data.warehouse), who may do what (foundation.access).
Needs: commons.casework, commons.direction, data.identity, data.intelligence, data.quality, data.registry, data.warehouse,
foundation.access, foundation.audit, foundation.design, foundation.directory, foundation.outbox.
"""
