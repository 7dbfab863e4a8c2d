"""Layer 1, infrastructure and security, and the house's own ground.

Order of building, each using only those before it: storage, outbox, audit, directory, access, pki, vault, design.
"""
