"""Stewardship: the Model's own steering. The four layers with every system of Regulation 05-QĐ/BCĐTW, what of each is built,
who answers for it, and how it is at this moment; the agencies and responsibilities as people look them up; what operators
must see to.

Not here: directives (commons.direction), the lists of agencies themselves (foundation.directory).
Needs: foundation.access, foundation.audit, foundation.design, foundation.directory, foundation.outbox.
"""
