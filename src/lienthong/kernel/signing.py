"""The one way to use a private key: sign through it, never see it."""

from typing import Protocol


class Signer(Protocol):
    """A key in a file, a token or an HSM, with the certificates that vouch for it."""

    key_id: str
    """Stable name of the key: lower-case hex SHA-256 of its DER SubjectPublicKeyInfo."""
    algorithm: str
    """Name as in the JOSE registry: ``Ed25519``, ``ES256``, ``ES384``, ``RS256``."""

    def sign(self, data: bytes) -> bytes:
        """The signature over ``data`` (hashing included where the algorithm hashes)."""

    def public_key(self) -> bytes:
        """DER SubjectPublicKeyInfo."""

    def chain(self) -> list[bytes]:
        """DER certificates, the signer's first; empty for a bare key."""
