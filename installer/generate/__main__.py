"""``python -m installer.generate`` writes what is outdated; with ``--check`` it only names that, and ends with 1."""

from __future__ import annotations

import argparse
import sys

from installer.generate import languages, products
from installer.sources import CHECKOUT


def main(arguments: list[str]) -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m installer.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args(arguments).check
    paths = products.outdated() if check else products.write()
    for path in paths:
        print(f"{path.relative_to(CHECKOUT)} {'is outdated: run make generate' if check else 'written'}")
    for language in languages.languages():
        if lacking := languages.lacking(language):
            print(f"{language} lacks {len(lacking)} texts, said in English: {', '.join(lacking)}")
    return int(check and bool(paths))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
