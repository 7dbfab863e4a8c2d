"""The key that signs checkpoints: an Ed25519 key in the keys folder, until the certification authority gives one."""

import hashlib
import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings


class FileSigner:
    """A `kernel.signing.Signer` over an Ed25519 key in a file that only its owner can read."""

    algorithm = "Ed25519"

    def __init__(self, file: Path) -> None:
        if not file.exists():
            _make(file)
        self._key = load_pem_private_key(file.read_bytes(), password=None)
        self.key_id = hashlib.sha256(self.public_key()).hexdigest()

    def sign(self, data: bytes) -> bytes:
        return self._key.sign(data)

    def public_key(self) -> bytes:
        return self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def chain(self) -> list[bytes]:
        return []


def _make(file: Path) -> None:
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(pem)
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    draft.unlink()


def checkpoint_signer() -> FileSigner:
    """The signer of this space's checkpoints; its key is made when it is first needed."""
    return FileSigner(Path(settings.LIENTHONG_KEYS) / "audit-checkpoint.pem")
