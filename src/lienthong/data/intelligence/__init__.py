"""Intelligence: what the numbers say. Forecasts with intervals, what is unusual, what moved a figure, signs of falsified figures,
what an intervention changed.

Every conclusion comes through one entrance and leaves a record: which model in which version, what for, from which inputs, with
which confidence, and what a person made of it. What a person should look at is an insight: proposed, then confirmed or refused,
acted on, measured. A conclusion is never an act: nobody is accused and nothing is ordered here.

Questions are answered by numbers that are computed, or by passages that are quoted: whoever owns a text keeps its passages here.

Not here: indicators and signals (data.warehouse), directives (commons.direction), boards (channels.dashboards).
Needs: data.registry, data.warehouse, foundation.access, foundation.audit, foundation.design, foundation.directory,
foundation.outbox.
"""
