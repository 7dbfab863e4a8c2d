"""Briefs: what a leader reads once a week about a territory; every sentence carries the numbers it rests on. A brief is made when
the week is over and stays as it was.

Not here: the numbers (data.warehouse), what is concluded from them (data.intelligence), boards (channels.dashboards).
Needs: commons.direction, data.identity, data.intelligence, data.warehouse, foundation.access, foundation.audit,
foundation.design, foundation.directory.
"""
