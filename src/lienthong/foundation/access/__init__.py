"""Access: authority as data. A grant says who may do what, where, from when to when, by which legal basis.

Nothing is allowed that no grant allows. A delegation gives no more than its giver has, is seen by all it concerns, and
ends on its date or when it, or a grant it stands on, is revoked. Every decision explains itself in a sentence.

Not here: who holds which office (foundation.directory), who an account is (data.identity).
Needs: foundation.audit, foundation.directory, foundation.outbox.
"""
