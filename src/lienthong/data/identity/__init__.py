"""Identity: accounts, sign-in, sessions and lock-out.

The full identity platform (assurance levels, OpenID Connect, passkeys) grows here; this is its ground: one account per
person or enterprise, signed in by password, locked after repeated failures.

Not here: what an account may do (foundation.access), which office it holds (foundation.directory).
Needs: foundation.access, foundation.audit, foundation.design, foundation.directory.
"""
