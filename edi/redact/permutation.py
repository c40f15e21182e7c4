"""Numbers swapped within a range so that no two become the same: a keyed permutation (Feistel network).

Pseudonyms drawn at random would soon collide (five digits, a thousand claims), and two accounts would become one.
A Feistel network permutes the numbers below a power of four whatever its round function is; a result outside the
range is put through again until it falls inside (cycle walking).
"""

from __future__ import annotations

import hashlib

ROUNDS = 8


def permuted(value: int, size: int, key: bytes, tweak: str) -> int:
    """Another number in `range(size)`; a bijection for each key and tweak. The key may have up to 64 bytes."""
    if size < 2:
        return value
    half_bits = ((size - 1).bit_length() + 1) // 2
    while True:
        value = feistel(value, half_bits, key, tweak)
        if value < size:
            return value


def feistel(value: int, half_bits: int, key: bytes, tweak: str) -> int:
    mask = (1 << half_bits) - 1
    left, right = value >> half_bits, value & mask
    for turn in range(ROUNDS):
        message = f"{tweak}\x00{turn}\x00{right}".encode()
        digest = hashlib.blake2b(message, key=key, digest_size=64).digest()
        left, right = right, left ^ (int.from_bytes(digest, "big") & mask)
    return left << half_bits | right
