"""Workplace: one inbox for whoever is signed in, what they may do, and who looked at what is about them.

Not here: the pages the inbox leads to, which belong to their modules.
Needs: channels.kpis, commons.direction, commons.stewardship, data.identity, data.intelligence, data.quality, data.warehouse,
foundation.access, foundation.audit, foundation.design, foundation.directory.
"""
