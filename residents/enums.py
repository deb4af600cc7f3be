"""The registers' fixed words. Codes are those of the national tables named beside them (reference.md B3, B7)."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class Sex(TextChoices):
    """GB/T 2261.1."""

    UNKNOWN = "0", _("unknown")
    MALE = "1", _("male")
    FEMALE = "2", _("female")
    UNSTATED = "9", _("not stated")


class Marriage(TextChoices):
    """GB/T 2261.2."""

    SINGLE = "10", _("unmarried")
    MARRIED = "20", _("married")
    FIRST = "21", _("married for the first time")
    REMARRIED = "22", _("remarried")
    RESUMED = "23", _("married again to the same person")
    WIDOWED = "30", _("widowed")
    DIVORCED = "40", _("divorced")
    UNSTATED = "90", _("not stated")


class Education(TextChoices):
    """GB/T 4658, the first digit."""

    GRADUATE = "10", _("graduate school")
    UNIVERSITY = "20", _("university")
    COLLEGE = "30", _("college")
    VOCATIONAL = "40", _("vocational school")
    SENIOR = "60", _("senior secondary school")
    JUNIOR = "70", _("junior secondary school")
    PRIMARY = "80", _("primary school")
    OTHER = "90", _("other")


class Occupation(TextChoices):
    """GB/T 6565-2015, the main classes."""

    LEADING = "1", _("head of an institution or enterprise")
    PROFESSIONAL = "2", _("professional or technician")
    CLERICAL = "3", _("clerk")
    SERVICE = "4", _("trade and services")
    FARMING = "5", _("farming, forestry, fishery")
    MANUFACTURING = "6", _("manufacturing, building, transport")
    MILITARY = "7", _("armed forces")
    OTHER = "8", _("other occupation")


class Arrival(TextChoices):
    """Why somebody has come from elsewhere (流入原因)."""

    WORK = "01", _("to work")
    FARM = "02", _("to farm")
    TRADE = "03", _("to trade")
    SERVE = "04", _("to work in services")
    DUTY = "05", _("on official duty")
    STUDY = "06", _("to study or train")
    HEALTH = "07", _("for treatment or rest")
    NANNY = "08", _("as a nanny")
    JOIN = "09", _("to join family")
    VISIT = "10", _("to visit family or friends")
    TRAVEL = "11", _("to travel")
    OTHER = "99", _("other reason")


class Politics(TextChoices):
    """GB/T 4762."""

    PARTY = "01", _("member of the Communist Party")
    PROBATIONARY = "02", _("probationary member of the Party")
    LEAGUE = "03", _("member of the Youth League")
    RCCK = "04", _("member of the Revolutionary Committee of the Kuomintang")
    LEAGUE_DEMOCRATIC = "05", _("member of the Democratic League")
    CONSTRUCTION = "06", _("member of the National Construction Association")
    PROMOTING = "07", _("member of the Association for Promoting Democracy")
    PEASANTS = "08", _("member of the Peasants' and Workers' Party")
    ZHIGONG = "09", _("member of the Zhi Gong Party")
    JIUSAN = "10", _("member of the Jiusan Society")
    TAIWAN = "11", _("member of the Taiwan League")
    NONE = "12", _("without party affiliation")
    MASSES = "13", _("not a member of any party")


class Relation(TextChoices):
    """GB/T 4761, coarse: who somebody is to the head of the household."""

    HEAD = "02", _("head")
    SPOUSE = "10", _("spouse")
    SON = "20", _("son")
    DAUGHTER = "30", _("daughter")
    GRANDCHILD = "40", _("grandchild")
    PARENT = "50", _("father or mother")
    GRANDPARENT = "60", _("grandparent")
    SIBLING = "70", _("brother or sister")
    OTHER = "90", _("other")


class Registration(TextChoices):
    """Whether the household register (户籍) and the place where somebody lives agree, and what kind she is."""

    SAME = "01", _("registered where she lives")
    ELSEWHERE = "02", _("registered elsewhere in the city")
    FLOATING = "03", _("from outside the city")
    ABROAD = "04", _("from abroad")


class Occupancy(TextChoices):
    """How a dwelling is used (房屋类型)."""

    OWNER = "0", _("lived in by the owner")
    LET = "1", _("let")
    BOTH = "2", _("lived in and let in part")
    EMPTY = "3", _("empty")
    OTHER = "4", _("other")


class Whereabouts(TextChoices):
    """How a person stands in the register."""

    LIVING = "living", _("living here")
    LEFT = "left", _("moved away")
    DEAD = "dead", _("died")
    MERGED = "merged", _("merged into another entry")


class Change(TextChoices):
    """What happened to somebody in the register: one event each, never taken out."""

    REGISTER = "register", _("registered")
    CORRECT = "correct", _("corrected")
    MOVE_IN = "move_in", _("moved in")
    MOVE = "move", _("moved within the district")
    MOVE_OUT = "move_out", _("moved away")
    DIE = "die", _("died")
    HEAD = "head", _("became head of the household")
    MERGE = "merge", _("merged")
    UNMERGE = "unmerge", _("merge undone")
    SPLIT = "split", _("left into a household of her own")
    JOIN = "join", _("household joined")
    ENLIST = "enlist", _("became a volunteer")
    RETIRE = "retire", _("volunteers no more")
    RESTRICT = "restrict", _("restricted: past its time")


class LookKind(TextChoices):
    """In which way somebody saw personal data in full."""

    REVEAL = "reveal", _("seen in full")
    FILE = "file", _("file of a special group opened")
    EXPORT = "export", _("taken out unmasked")
    VISIT = "visit", _("what was said on a visit")


class ExportState(TextChoices):
    """How an export of a register stands; how far its file is, its job says."""

    WAITING = "waiting", _("waiting for release")
    RELEASED = "released", _("released")
    REFUSED = "refused", _("not released")


class NoticeKind(TextChoices):
    """What people are told about the registers."""

    EXPORT_TO_RELEASE = "export_to_release", _("export to release")
    EXPORT_RELEASED = "export_released", _("export released")
    EXPORT_REFUSED = "export_refused", _("export not released")


class Field(TextChoices):
    """The personal values that can be seen in full, one at a time."""

    NAME = "name", _("full name")
    ID_NUMBER = "id_number", _("ID number")
    PHONE = "phone", _("phone")
    REGISTERED_ADDRESS = "registered_address", _("registered address")
    FORMER_NAME = "former_name", _("former name")


class PremisesKind(TextChoices):
    """Shops, companies and public venues (场所)."""

    SHOP = "shop", _("shop")
    RESTAURANT = "restaurant", _("restaurant")
    LODGING = "lodging", _("hotel or lodging")
    WORKSHOP = "workshop", _("workshop or factory")
    OFFICE = "office", _("office")
    SCHOOL = "school", _("school or nursery")
    CLINIC = "clinic", _("clinic or pharmacy")
    LEISURE = "leisure", _("place of leisure")
    STORAGE = "storage", _("storage")
    PUBLIC = "public", _("public venue")
    OTHER = "other", _("other")


class Risk(IntegerChoices):
    """How closely a place or a person is looked after; the higher, the oftener."""

    LOW = 1, _("low (green)")
    MEDIUM = 2, _("medium (yellow)")
    HIGH = 3, _("high (red)")


class OrganisationKind(TextChoices):
    COMPANY = "company", _("company")
    INDIVIDUAL = "individual", _("individual business")
    SOCIAL = "social", _("social organisation")
    PUBLIC = "public", _("public institution")
    PROPERTY = "property", _("property company")
    OTHER = "other", _("other")


class Sensitivity(TextChoices):
    """How much it hurts when it becomes known that somebody belongs to a special group (reference.md D1)."""

    PLAIN = "plain", _("ordinary")
    HIGH = "high", _("high")
    VERY_HIGH = "very_high", _("very high")
    MINOR = "minor", _("minors")


class DetailKind(TextChoices):
    """How one of a type's own fields is asked for."""

    TEXT = "text", _("text")
    CHOICE = "choice", _("choice")
    DATE = "date", _("day")
    NUMBER = "number", _("number")
    FLAG = "flag", _("yes or no")


class FileState(TextChoices):
    """How the file of somebody in a special group stands."""

    PROPOSED = "proposed", _("waiting for review")
    OPEN = "open", _("open")
    REFUSED = "refused", _("refused")
    CLOSED = "closed", _("closed")


class CloseReason(TextChoices):
    """Why a file was closed. The first two also happen by themselves, with the entry of the person."""

    DIED = "died", _("died")
    MOVED_AWAY = "moved_away", _("moved away")
    NOT_ENTITLED = "not_entitled", _("conditions no longer met")
    EXPIRED = "expired", _("term served")
    MISTAKE = "mistake", _("opened by mistake")


class FileChange(TextChoices):
    """What happened to the file of somebody in a special group."""

    PROPOSED = "proposed", _("proposed")
    OPENED = "opened", _("opened")
    REFUSED = "refused", _("refused")
    CHANGED = "changed", _("details changed")
    RISK = "risk", _("risk changed")
    VISITED = "visited", _("visited")
    MOVED = "moved", _("moved with the person")
    CLOSED = "closed", _("closed")


class Purpose(TextChoices):
    """Why somebody goes to a door."""

    ROUND = "round", _("routine visit")
    CARE = "care", _("care")
    CHECK = "check", _("checking the register")
    FOLLOW_UP = "follow_up", _("follow-up")


class Met(TextChoices):
    """Whom she met there."""

    SELF = "self", _("the person herself")
    FAMILY = "family", _("a member of the family")
    NOBODY = "nobody", _("nobody at home")


class InspectionKind(TextChoices):
    """Why premises are looked at."""

    ROUTINE = "routine", _("routine inspection")
    SPECIAL = "special", _("special inspection")
    RECHECK = "recheck", _("re-inspection")


class InspectionResult(TextChoices):
    """How premises stand after an inspection."""

    PASSED = "passed", _("passed")
    RECTIFY = "rectify", _("to be put right by a day")
    FAILED = "failed", _("failed")


class CheckItem(TextChoices):
    """What is looked at; which premises each is for says rules.inspecting."""

    EXITS = "exits", _("exits and stairways free")
    EXTINGUISHERS = "extinguishers", _("fire extinguishers there and in date")
    WIRING = "wiring", _("wiring and use of electricity safe")
    CHARGING = "charging", _("no electric bicycles charged indoors")
    SLEEPING = "sleeping", _("nobody lives where goods are made, stored or sold")
    GAS = "gas", _("gas bottles, hoses and alarms in order")
    HYGIENE = "hygiene", _("hygiene licence shown and in date")
    FOOD = "food", _("food stored properly and in date")
    LODGERS = "lodgers", _("every lodger registered")
    GUESTS = "guests", _("entrance watched, number of guests kept to")
    HAZARDS = "hazards", _("dangerous goods kept apart and recorded")
    MACHINES = "machines", _("machines guarded, workers instructed")
    CARE = "care", _("gate watched, children handed over to known people")
    WASTE = "waste", _("medical waste kept apart and collected")


class CheckAnswer(TextChoices):
    """What was found of one item."""

    OK = "ok", _("in order")
    BAD = "bad", _("not in order")
    NONE = "none", _("does not apply")


class Skill(TextChoices):
    """What a volunteer is good at."""

    MEDICINE = "medicine", _("medical care")
    LAW = "law", _("law")
    TEACHING = "teaching", _("teaching")
    REPAIR = "repair", _("repairs")
    MEDIATION = "mediation", _("mediation of disputes")
    ARTS = "arts", _("arts and sports")
    SIGNING = "signing", _("sign language")
    RESCUE = "rescue", _("rescue and fire fighting")
    OTHER = "other", _("other")


class ActivityKind(TextChoices):
    """What volunteers come together for."""

    PATROL = "patrol", _("joint patrol")
    CLEANING = "cleaning", _("tidying up")
    ELDERS = "elders", _("help for the old")
    PUBLICITY = "publicity", _("publicity")
    MEDIATION = "mediation", _("mediation")
    OTHER = "other", _("other")


class ActivityState(TextChoices):
    """How an activity stands; it is held when the first hours are confirmed."""

    PLANNED = "planned", _("planned")
    HELD = "held", _("held")
    CANCELLED = "cancelled", _("called off")


class PointKind(TextChoices):
    """Why points come or go. The ledger has nothing but these."""

    EARN = "earn", _("earned")
    REDEEM = "redeem", _("redeemed")
    CORRECT = "correct", _("taken back")
    EXPIRE = "expire", _("lapsed")


class CorrectionState(TextChoices):
    """A correction waits for a second person."""

    WAITING = "waiting", _("waiting for a second person")
    MADE = "made", _("made")
    REFUSED = "refused", _("refused")
