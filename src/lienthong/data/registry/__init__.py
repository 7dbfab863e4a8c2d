"""Registry: every register of the space, declared in a file and then there.

A register holds records by key; each record has versions with two times (when the fact is valid, when the space knew it),
the source it came from and the import that brought it. A record is accepted only with a higher version; history is
never lost (Circular 08/2025/TT-BCA profile: PhienBan, IdBanGhi, NgayHieuLuc).

Not here: how good the data is (data.quality), numbers computed from it (data.warehouse).
Needs: foundation.access, foundation.audit, foundation.design, foundation.directory, foundation.outbox, foundation.storage.
"""
