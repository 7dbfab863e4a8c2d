"""Idempotency: a write that is sent twice happens once. The answer is kept in the transaction of the write, by the key that
the sender gave it, and given again to whoever sends the same key.

Not here: what a write does, who may do it.
Needs: nothing but the kernel.
"""
