"""python -m tests.faults.rush 1000 100: so many rounds in which so many people want the same case at once.

Prints how many rounds had exactly one winner and everybody else told, and how many answers were anything else.
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import django

AT_ONCE = 25  # connections to spare


def main(rounds: int, people: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridgov.settings")
    django.setup()

    from django.utils import timezone  # noqa: PLC0415 - after Django is set up

    from cases import actions  # noqa: PLC0415
    from cases.models import Case  # noqa: PLC0415
    from tests.town import visit_town  # noqa: PLC0415

    town = visit_town()
    case = town.report(at=timezone.now())

    def want(number: int) -> str:
        by = town.post.dispatcher if number % 2 else town.post.dispatcher2
        try:
            actions.claim(case, by=by, at=timezone.now(), version=case.version, key=uuid4())
        except actions.Clash:
            return "told"
        except Exception as error:
            return repr(error)
        return "won"

    fair = strange = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _round in range(rounds):
            answers = list(pool.map(want, range(people)))
            strange += sum(answer not in ("won", "told") for answer in answers)
            fair += answers.count("won") == 1
            case = Case.objects.get(pk=case.pk)
    print(fair, strange)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
