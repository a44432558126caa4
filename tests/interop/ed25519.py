"""The verdict of docs/spec/keys.md on a key or a signature, in plain integers.

Slow (some milliseconds a signature) and not constant in time: for checking, never for secrets
that matter. `fast` uses pyca/cryptography with the one test that it lacks (small-order R).
"""

import hashlib

from canonical import Fault

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def add(a, b):
    x, y, z, t = a
    u, v, w, s = b
    k, m = (y - x) * (v - u), (y + x) * (v + u)
    n, o = 2 * t * s * D, 2 * z * w
    e, f, g, h = m - k, o - n, o + n, m + k
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar, point):
    total = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point = add(point, point)
        scalar >>= 1
    return total


def is_identity(point):
    x, y, z, _ = point
    return x % P == 0 and (y - z) % P == 0


def decode(data):
    """The point of 32 bytes, or None (RFC 8032 5.1.3)."""
    number = int.from_bytes(data, "little")
    y, sign = number & (2**255 - 1), number >> 255
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x % 2 != sign:
        x = P - x
    return x, y, 1, x * y % P


def encode(point):
    x, y, z, _ = point
    inverse = pow(z, P - 2, P)
    x, y = x * inverse % P, y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def hashed(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little")


def public_key(seed):
    return encode(times(expand(seed)[0], BASE))


def expand(seed):
    digest = hashlib.sha512(seed).digest()
    number = int.from_bytes(digest[:32], "little")
    return (number & (2**254 - 8)) | 2**254, digest[32:]


def sign(seed, message):
    scalar, prefix = expand(seed)
    public = encode(times(scalar, BASE))
    r = hashed(prefix, message) % L
    first = encode(times(r, BASE))
    s = (r + hashed(first, public, message) * scalar) % L
    return first + s.to_bytes(32, "little")


def check_key(key):
    """A key that may be enrolled, or the fault."""
    point = decode(key)
    if point is None:
        raise Fault("key.not-canonical")
    if is_identity(times(8, point)):
        raise Fault("key.weak")
    if not is_identity(times(L, point)):
        raise Fault("key.torsion")


def verify(key, message, signature):
    """Section 3 of the specification, word for word."""
    point = decode(key)
    if point is None:
        raise Fault("key.not-canonical")
    s = int.from_bytes(signature[32:], "little")
    first = decode(signature[:32])
    if s >= L or first is None or is_identity(times(8, first)) or is_identity(times(8, point)):
        raise Fault("signature.invalid")
    k = hashed(signature[:32], key, message) % L
    x, y, z, t = times(k, point)
    if encode(add(times(s, BASE), (-x % P, y, z, -t % P))) != signature[:32]:
        raise Fault("signature.invalid")


def fast(key, message, signature):
    """The same verdict on an enrolled key, by pyca/cryptography."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise Fault("signature.invalid") from error
    if signature[:32] in SMALL_ORDER:
        raise Fault("signature.invalid")


def small_order():
    """The eight points of small order: the multiples of one of order 8."""
    y = 2
    while True:
        point = decode(y.to_bytes(32, "little"))
        torsion = times(L, point) if point else (0, 1, 1, 0)
        if not is_identity(times(4, torsion)):
            return {encode(times(n, torsion)) for n in range(8)}
        y += 1


SMALL_ORDER = small_order()
