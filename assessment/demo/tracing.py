"""Late cases of the demo are traced back: one review for each way it can go, the last one waiting for its people."""

from datetime import datetime, timedelta

from cases.enums import Action
from cases.models import Case, CaseEvent
from grids.enums import Role

from ..actions import reviews
from ..actions.reviews import ReviewRefused
from ..enums import Finding, Ground, Measure
from ..models import Charge, Review
from ..queries.reviews import judges
from .office import Office

LATE_BEFORE = timedelta(days=18)  # so that there is time for everything that follows
OPENED = (0, 2, 4, 8)  # working days after that
SETTLED, APPEALED, WAITING = 2, 3, 4  # which review gets how far; the first is decided and nobody objects
STATEMENT = "当日另有两起突发事件，未能及时到场，已向社区报告"
REASONS = "超期情况属实，本人认识到位"
APPEAL = "接到交办时已近时限，请予复核"
RULED = "已核实当日值班记录，申诉理由成立"


class Tracer(Office):
    """The street's supervision officer opens; who is concerned speaks; whoever sits above decides, another on appeals."""

    def trace(self) -> None:
        opened = 0
        for case in self._late_cases():
            if opened == len(OPENED):
                return
            at = self.day(self.end - LATE_BEFORE, 1 + OPENED[opened], 10)
            review = self._open(case, at)
            if review:
                opened += 1
                self._carry_on(review, at, opened)

    def _late_cases(self) -> list[Case]:
        """Those of the street whose limit had passed early enough, the latest first."""
        passed = CaseEvent.objects.filter(action=Action.EXPIRE, case__street=self.street)
        late = passed.filter(at__lt=self.end - LATE_BEFORE).order_by("-pk").values_list("case", flat=True)
        return [Case.objects.get(pk=pk) for pk in dict.fromkeys(late)]

    def _open(self, case: Case, at: datetime) -> Review | None:
        officer = self.post(Role.STREET_SUPERVISOR, self.street)
        try:
            return reviews.open_review(
                case, finding=Finding.LATE, note="超期未办结，群众多次反映", by=officer, at=at, key=self.key()
            )
        except ReviewRefused:  # nobody held the post then, or it concerns the officer: the next case
            return None

    def _carry_on(self, review: Review, at: datetime, number: int) -> None:
        for charge in Charge.objects.filter(review=review).select_related("post").order_by("pk"):
            if number != WAITING:
                reviews.speak(
                    charge, statement=STATEMENT, by=charge.post, at=at + timedelta(hours=5), key=self.key()
                )
                self._decide(charge, self.day(at, 1, 10))
        if number in (SETTLED, APPEALED):
            self._appeal(Charge.objects.filter(review=review).order_by("pk")[0], self.day(at, 2, 15), number)

    def _decide(self, charge: Charge, at: datetime) -> None:
        reviews.decide(
            charge, measure=Measure(charge.proposed_measure), ground=Ground(charge.proposed_ground), reasons=REASONS,
            by=judges(charge, at)[0], at=at, key=self.key(),
        )  # fmt: skip

    def _appeal(self, charge: Charge, at: datetime, number: int) -> None:
        charge = reviews.appeal(charge, text=APPEAL, by=charge.post, at=at, key=self.key())
        if number == SETTLED and charge.decided_by:
            at, first = self.day(at, 2, 11), charge.decided_by.user_id
            another = next(post for post in judges(charge, at) if post.user_id != first)
            reviews.rule(charge, measure=Measure.NONE, reasons=RULED, by=another, at=at, key=self.key())
