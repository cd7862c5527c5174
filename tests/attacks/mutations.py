"""Inputs that are nearly right: texts cut, spliced and peppered, JSON with odd values; the same for the same seed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

TOKENS = (
    "{{", "}}", "${", "}", "{", "[", "]", ":", ": ", "- ", "#", "|", ">", "&a ", "*a", "!!int ", "'", '"',
    "\\", "\n", "\t", "\r", "\0", "\x1b[31m", "\ufeff", "\u2028", "\u202e", "\ud800", "é", "🚀", "null", "true",
    "NaN", "Infinity", "-0", "1e400", "9" * 25, "0x1F", "~", "args.", "resources.", "users[0].", "..",
    "__proto__", "?:", ":int", "$sum(", "$map(", "function($x){", "$$", "%", "@", "==", "```", "depends_on",
    "loop_on", "recurse", "run_if", "persist", "<<", "---\n", "...\n", "=", ",", ";", "()", "[[[[[[", "{{{{{{",
    "((((((",
)  # fmt: skip
ODD: tuple[object, ...] = (
    None, True, False, 0, -1, 1.5, 1e300, 2**53 + 1, 10**30, "", " ", "x", "\0", "\ud800", "{{args.a}}", "{{", "${A}",
    [], {}, [[]], [{}], [None], {"": None}, {"a": {"a": {"a": []}}}, ["a", 1, None, {}], "9" * 400, {"__proto__": 1},
    {"$ref": "#"}, "2024-02-30", "a/b/c",
)  # fmt: skip


def mutated(text: str, random: Random, others: Sequence[str]) -> bytes:
    """``text`` with one to six changes; sometimes as bytes that are not UTF-8, in UTF-16, or cut in half."""
    for _ in range(random.randint(1, 6)):
        start = random.randint(0, len(text))
        end = min(len(text), start + random.choice((0, 1, 2, 8, 40)))
        piece = random.choice(("", random.choice(TOKENS), random.choice(TOKENS) * 3, text[start:end] * 2))
        if random.random() < 0.1:
            other = random.choice(others)
            cut = random.randint(0, len(other))
            piece = other[cut : cut + 60]
        text = text[:start] + piece + text[end:]
    chance = random.random()
    data = text.encode("utf-8", "surrogatepass" if chance < 0.5 else "replace")
    if chance > 0.97:
        return text.encode("utf-16", "surrogatepass")
    if chance > 0.94:
        place = random.randint(0, len(data))
        return data[:place] + bytes([random.randint(128, 255)]) + data[place:]
    return data[: random.randint(0, len(data))] if chance > 0.88 else data


def odd_json(value: object, random: Random) -> object:
    """A copy of ``value`` in which some values, and a few names, are others."""
    if random.random() < 0.06:
        return random.choice(ODD)
    if isinstance(value, dict):
        return {
            (random.choice(("", "x", "\0", name * 2)) if random.random() < 0.02 else name): odd_json(item, random)
            for name, item in value.items()
            if random.random() > 0.03
        }
    if isinstance(value, list):
        return [odd_json(item, random) for item in value for _ in range(random.choice((1, 1, 1, 1, 2, 0)))]
    return value


def json_bytes(value: object, random: Random) -> bytes:
    """JSON, now and then with what JSON does not have."""
    text = json.dumps(value, ensure_ascii=random.random() < 0.5)
    if random.random() < 0.1:
        text = text.replace("null", random.choice(("NaN", "Infinity", "undefined", "1e999")), 1)
    return text.encode("utf-8", "surrogatepass")
