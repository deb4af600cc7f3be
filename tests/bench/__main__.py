"""`make bench`: generate the cities unless they are there, measure, print the table; 1 where a budget is missed.

CASES=5000000 python -m tests.bench           another size of the large city; SMALL=... of the other one
python -m tests.bench search counters         some of the measures
python -m tests.bench generate | clean        only the cities; nothing left of them
python -m tests.bench profile                 where the time of the list page goes
"""

import os
import sys

import django

from .server import City, clean, name_server, server


def main(words: list[str]) -> int:
    name_server()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridgov.settings")
    django.setup()
    if words == ["clean"]:
        clean()
        return 0
    with server():
        from .run import bench  # noqa: PLC0415 - models can be imported only now

        return bench(City(_number("CASES", 1_000_000)), City(_number("SMALL", 100_000)), words)


def _number(name: str, usual: int) -> int:
    return int(os.environ.get(name, "").replace("_", "") or usual)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
