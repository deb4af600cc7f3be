"""The ground floor's fixed words, each with the facts that belong to it."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class Level(IntegerChoices):
    """Where a grid stands in the tree. A parent is always exactly one level above."""

    DISTRICT = 0, _("District")
    STREET = 1, _("Street")
    COMMUNITY = 2, _("Community")
    BUILDING = 3, _("Building grid")

    @property
    def code_length(self) -> int:
        """Digits of the official division code; a building grid appends three to its community's."""
        return 6 + 3 * self.value

    @property
    def path_field(self) -> str:
        """The column of an `InGrid` row that holds the grid of this level."""
        return ("district", "street", "community", "building")[self.value]


class GridKind(TextChoices):
    """Kinds of building grid in the modern Zhengzhou rules (reference.md B1)."""

    COMMUNITY = "community", _("Community grid")
    RURAL = "rural", _("Rural grid")
    EXCLUSIVE = "exclusive", _("Exclusive grid")
    MICRO = "micro", _("Micro grid")


class Management(TextChoices):
    """Whether a property company looks after the courtyards of a building grid, or nobody does."""

    PROPERTY = "property", _("Managed by a property company")
    NOBODY = "nobody", _("Courtyards without management")
    UNKNOWN = "unknown", _("Not recorded")


class Force(TextChoices):
    """The four forces that are sunk down into the grids, and those who come of themselves."""

    CITY = "city", _("Seconded from the city")
    MASS_WORK = "mass_work", _("Mass-work team")
    STREET = "street", _("Street staff")
    COMMUNITY = "community", _("Community staff")
    VOLUNTEER = "volunteer", _("Volunteer")


class Right(TextChoices):
    """What a post allows its holder to do at its place and everything below it."""

    VIEW = "view_cases", _("see the cases")
    REPORT = "report_cases", _("report problems")
    PATROL = "patrol_grid", _("patrol and keep the diary")
    DISPATCH = "dispatch_cases", _("accept, assign, recall and decline")
    HANDLE = "handle_cases", _("sign for and handle what is assigned")
    VERIFY = "verify_cases", _("verify results")
    CLOSE = "close_cases", _("close cases")
    REOPEN = "reopen_cases", _("reopen closed cases")
    INQUIRE = "inquire_cases", _("question the level above formally")
    SUPERVISE = "supervise_cases", _("supervise cases and decide inquiries")
    APPROVE = "approve_requests", _("grant extensions and suspensions")
    POLICY = "set_policy", _("set limits and rules")
    FIGURES = "read_figures", _("read and download figures")
    REGISTER = "view_register", _("see the registers, personal data masked")
    KEEP = "keep_register", _("keep the registers")
    VISIT = "visit_households", _("visit households")
    REVEAL = "reveal_personal_data", _("see personal data in full, with a reason")
    GROUPS = "view_special_groups", _("see the files of special groups")
    SENSITIVE = "view_sensitive_groups", _("see the files of sensitive groups")
    REVIEW = "review_special_groups", _("decide on opening the files of special groups")
    RELEASE = "release_exports", _("release exports of personal data")
    CARD = "keep_card", _("keep the contact card")


# Not a right of any post: who audits holds none, and reads how everybody else has used hers. The room above
# declares it, on the record it opens.
READ_LOOKS = "residents.read_looks"

R = Right
READS = frozenset({Right.VIEW, Right.FIGURES})
TENDS = frozenset(
    {Right.REGISTER, Right.VISIT, Right.KEEP, Right.REVEAL, Right.GROUPS, Right.SENSITIVE}
)  # the people of a place
STANDS_FOR = frozenset(
    {Right.HANDLE, Right.INQUIRE, Right.SUPERVISE, Right.APPROVE, Right.POLICY}
)  # the street as a whole
OVERSEES = frozenset({Right.REGISTER, Right.GROUPS, Right.REVIEW, Right.CARD})
LEADS = OVERSEES | {Right.REVEAL, Right.SENSITIVE, Right.RELEASE}
DEPARTMENT = "department"


class Role(TextChoices):
    """A post's role. ROLE_FACTS says where it sits, how many may hold it, and what it allows."""

    DISTRICT_OFFICIAL = "district_official", _("District official")
    DISTRICT_SUPERVISOR = "district_supervisor", _("District supervision officer")
    STREET_FIRST = "street_first", _("Street first responsible person")
    DISPATCHER = "dispatcher", _("Command-centre dispatcher")
    STREET_SUPERVISOR = "street_supervisor", _("Street supervision officer")
    COMMUNITY_FIRST = "community_first", _("Community first responsible person")
    COMMUNITY_DIRECT = "community_direct", _("Community direct responsible person")
    COMMUNITY_LEADER = "community_leader", _("Village or community leader")
    MAINTAINER = "maintainer", _("Platform maintainer")
    GRID_LEADER = "grid_leader", _("Grid leader")
    GRID_MEMBER = "grid_member", _("Grid member")
    BUILDING_HEAD = "building_head", _("Building head")
    VOLUNTEER = "volunteer", _("Volunteer")
    DEPARTMENT_HEAD = "department_head", _("Department head")
    DEPARTMENT_OFFICER = "department_officer", _("Department officer")

    @property
    def place(self) -> "Level | str":
        """The grid level this role sits at, or DEPARTMENT."""
        return ROLE_FACTS[self][0]

    @property
    def seats(self) -> int:
        """How many people may hold it at one place at a time; 0 means any number."""
        return ROLE_FACTS[self][1]

    @property
    def rights(self) -> frozenset[Right]:
        return ROLE_FACTS[self][2]


# role                          place             seats  rights over the place and what lies below
ROLE_FACTS: dict[Role, tuple[Level | str, int, frozenset[Right]]] = {
    Role.DISTRICT_OFFICIAL:   (Level.DISTRICT,  0, READS | {R.REOPEN, R.HANDLE, R.SUPERVISE, R.APPROVE, R.POLICY}),
    Role.DISTRICT_SUPERVISOR: (Level.DISTRICT,  0, READS | {R.REOPEN, R.VERIFY, R.SUPERVISE}),
    Role.STREET_FIRST:        (Level.STREET,    2, READS | {R.REOPEN, R.VERIFY, R.REPORT, R.CLOSE} | STANDS_FOR | LEADS),
    Role.DISPATCHER:          (Level.STREET,    0, READS | {R.REOPEN, R.VERIFY, R.REPORT, R.CLOSE, R.DISPATCH, R.HANDLE}),
    Role.STREET_SUPERVISOR:   (Level.STREET,    0, READS | {R.REOPEN, R.VERIFY, R.SUPERVISE}),
    Role.COMMUNITY_FIRST:     (Level.COMMUNITY, 1, READS | {R.VERIFY, R.REPORT, R.CLOSE, R.INQUIRE} | OVERSEES),
    Role.COMMUNITY_DIRECT:    (Level.COMMUNITY, 0, READS | {R.VERIFY, R.REPORT, R.CLOSE, R.HANDLE, R.INQUIRE} | OVERSEES | TENDS),
    Role.COMMUNITY_LEADER:    (Level.COMMUNITY, 0, frozenset({R.VIEW, R.REPORT, R.HANDLE, R.REGISTER})),
    Role.MAINTAINER:          (Level.COMMUNITY, 0, READS | {R.REPORT, R.REGISTER, R.KEEP, R.CARD}),
    Role.GRID_LEADER:         (Level.BUILDING,  1, READS | {R.REPORT, R.PATROL, R.HANDLE, R.VERIFY, R.INQUIRE} | TENDS),
    Role.GRID_MEMBER:         (Level.BUILDING,  0, frozenset({R.VIEW, R.REPORT, R.PATROL, R.REGISTER, R.VISIT})),
    Role.BUILDING_HEAD:       (Level.BUILDING,  0, frozenset({R.REPORT})),
    Role.VOLUNTEER:           (Level.BUILDING,  0, frozenset({R.REPORT})),
    Role.DEPARTMENT_HEAD:     (DEPARTMENT,      1, frozenset({R.VIEW, R.HANDLE, R.GROUPS})),
    Role.DEPARTMENT_OFFICER:  (DEPARTMENT,      0, frozenset({R.VIEW, R.HANDLE, R.GROUPS})),
}  # fmt: skip


class Hotline(TextChoices):
    """Numbers that answer everywhere in the country: they stand on every contact card."""

    SERVICE = "12345", _("Government service hotline")
    FIRE = "119", _("Fire brigade")
    POLICE = "110", _("Police emergency call")
    AMBULANCE = "120", _("Ambulance")


class JobState(TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Recurring(TextChoices):
    """Work that comes round by itself and says each time that it was finished; health asks after it."""

    SWEEP = "sweep", _("Sweep of the deadlines")
    NOTICES = "notices", _("Delivery of notices")
    BEAT = "beat", _("Beat, which nudges the workers")
    CLOCK = "worker-clock", _("Worker of deadlines and notices")
    DEFAULT = "worker-default", _("Worker of imports and workbooks")


class Way(TextChoices):
    """The gateways through which a notice can leave the house, by the names of their settings."""

    SMS = "sms", _("Text message")
    WECOM = "wecom", _("WeCom group")
    DINGTALK = "dingtalk", _("DingTalk group")
    EMAIL = "email", _("E-mail")
    WEBHOOK = "webhook", _("Another system")


class DeliveryState(TextChoices):
    """How the sending of one notice through one gateway stands."""

    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    DROPPED = "dropped", _("Not needed any more")
    DEAD = "dead", _("Given up")
