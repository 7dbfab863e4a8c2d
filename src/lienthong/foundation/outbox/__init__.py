"""Outbox: facts published in the transaction that made them true, delivered at least once, in order per subject.

Not here: jobs (procrastinate runs those; a fact never rides in a job's arguments).
Needs: nothing but the kernel.
"""
