"""RS256: an RSA signature (PKCS #1 v1.5, SHA-256) with a private key in PKCS #8, by the package cryptography."""

from __future__ import annotations

from batchctl.javascript.errors import HostError


def signature_of(data: bytes, key: bytes) -> bytes:
    """The RS256 signature of ``data`` by the private RSA key ``key``, PKCS #8 in DER.

    Raises ``HostError`` where ``key`` is not such a key, or the extra ``crypto`` is not installed.
    """
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.serialization import load_der_private_key
    except ImportError:
        raise HostError("$sign with RS256 needs cryptography: pip install 'batchctl[crypto]'", "not-local") from None
    try:
        loaded = load_der_private_key(key, None)
    except (TypeError, ValueError, UnsupportedAlgorithm) as error:
        raise _no_key(str(error)) from None
    if not isinstance(loaded, RSAPrivateKey):
        raise _no_key("the key is not RSA")
    try:
        return loaded.sign(data, PKCS1v15(), SHA256())
    except ValueError as error:
        raise HostError(f"RS256 signing failed. Underlying: {error}") from None


def _no_key(reason: str) -> HostError:
    return HostError(
        f"RS256 key import failed. Ensure an unencrypted PKCS#8 PEM (BEGIN PRIVATE KEY). Underlying: {reason}"
    )
