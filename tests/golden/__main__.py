"""`python -m tests.golden`: make the digests again, and say which of them moved (--check: only say it)."""

from __future__ import annotations

import sys

from tests.golden.digests import FILE, digests_of, read, write
from tests.golden.plays import plays
from tests.golden.rooms import rooms


def main() -> None:
    """Run all plays and rooms, and keep their digests."""
    kept = read() if FILE.exists() else {}
    found = {name: digests_of(play()) for name, play in plays()} | {name: room() for name, room in rooms()}
    moved = 0
    for name in {**kept, **found}:
        before, now = kept.get(name, {}), found.get(name, {})
        changed = [part for part in {**before, **now} if before.get(part) != now.get(part)]
        if changed:
            moved += 1
            print(f"{name}: {', '.join(changed)}")
    print(f"{moved} of {len(found)} runs moved")
    if "--check" in sys.argv[1:]:
        sys.exit(bool(moved))
    write(found)


if __name__ == "__main__":
    main()
