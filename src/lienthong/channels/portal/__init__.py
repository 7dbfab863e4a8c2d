"""Portal: the front page of the space, and later the national public service portal.

Not here: the workplace of officials (channels.workplace), boards (channels.dashboards).
Needs: channels.kpis, data.registry, data.warehouse, foundation.design.
"""
