"""Quality: how right, complete, clean and alive each register is, and where two sources of one fact disagree.

A disagreement is judged by the single-trusted-source rule (Decree 278/2025 art. 5), classified, and sent to whoever is
responsible for the faulty source, where it is mended; a copy is never edited here (domain: fix at the source).

Not here: mending data (data.registry, by its source), thresholds and signals (data.warehouse).
Needs: data.registry, data.warehouse, foundation.audit, foundation.outbox.
"""
