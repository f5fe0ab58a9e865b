"""Laws on generated tables: ``python -m benchmarks frames``, or ``python -m benchmarks.frames 500`` for fewer.

Each seed makes one table by the grammar of `tests.laws.grammar`, and all laws of `tests.laws.laws` are checked on it.
"""

from __future__ import annotations

import os
import sys
from collections import Counter, defaultdict
from multiprocessing import get_context

from tests.laws.laws import LAWS, Broken, broken_by

FRAMES = 10_000
_SHOWN = 30


def checked(seed: int) -> tuple[int, list[Broken]]:
    """Return the seed of a table with the laws that it breaks."""
    return seed, broken_by(seed)


def main(frames: int = FRAMES, first: int = 0) -> dict[str, set[int]]:
    """Check tables of consecutive seeds; print the tables that break each law, and return their seeds by law."""
    by_law: dict[str, set[int]] = {law: set() for law in LAWS}
    examples: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    with get_context("spawn").Pool(os.cpu_count()) as pool:
        for seed, found in pool.imap_unordered(checked, range(first, first + frames), chunksize=20):
            for law, message in found:
                by_law[law].add(seed)
                examples[law, message.split(":")[0]].append((seed, message))
    for law, seeds in by_law.items():
        print(f"{law:8} {len(seeds):6,} of {frames:,} tables break it")
    counts = Counter({key: len(found) for key, found in examples.items()})
    for (law, _), count in counts.most_common(_SHOWN):
        seed, message = examples[law, _][0]
        print(f"{count:5} {law}, seed {seed}: {message[:300]!r}")
    return by_law


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
