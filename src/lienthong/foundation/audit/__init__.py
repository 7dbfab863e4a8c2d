"""Audit: who did what and who looked at what, when and why; append-only and tamper-evident.

Records are written in the transaction of the act. One sequencer then places them, in commit order, as leaves of a Merkle
tree (RFC 9162 §2.1) and signs checkpoints, so that a changed, removed or inserted record is found by anyone who recomputes.

Not here: technical logs (standard error), facts for other modules (foundation.outbox).
Needs: nothing but the kernel.
"""
