"""RS256: what the npm package signs, and what it refuses; the public key holds the signature to it."""

import base64

import pytest

from batchctl.expression import ExpressionError, evaluate

cryptography = pytest.importorskip("cryptography", reason="needs the extra crypto")

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa  # noqa: E402 - after the check
from cryptography.hazmat.primitives.hashes import SHA256  # noqa: E402 - as above
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat  # noqa: E402 - as above

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize("written", [pem(KEY), pem(KEY).replace("\n", "\\n")], ids=["lines", "escaped"])
def test_the_signature_verifies(written: str) -> None:
    signed = evaluate("$sign(text, 'RS256', key, 'base64')", {"text": "é", "key": written})
    assert isinstance(signed, str)
    KEY.public_key().verify(base64.b64decode(signed), "é".encode(), padding.PKCS1v15(), SHA256())


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("text", "RS256 requires a PKCS#8 PEM private key"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "RS256 key import failed"),
        (pem(ec.generate_private_key(ec.SECP256R1())), "the key is not RSA"),
    ],
    ids=["no key", "damaged", "another kind"],
)
def test_what_is_no_such_key_is_refused(key: str, message: str) -> None:
    with pytest.raises(ExpressionError, match=message):
        evaluate("$sign('a', 'RS256', key)", {"key": key})
