"""Directory: territories and agencies with their history, positions and who holds them, who is responsible for what, and
the legal working-day calendar.

A code means something only on a date: units and agencies have validity in time and successions, so that "what was this
then, what is it now" is always answered, and a split never silently.

Not here: accounts (data.identity), what a holder may do (foundation.access).
Needs: foundation.audit, foundation.outbox.
"""
