"""The fixed words of a case, each with the facts that belong to it."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Step(TextChoices):
    """Where a case stands. docs/rules/lifecycle.md draws the table these are the nodes of."""

    REPORTED = "reported", _("Reported")
    ASSIGNED = "assigned", _("Assigned")
    HANDLING = "handling", _("In handling")
    FED_BACK = "fed_back", _("Fed back")
    VERIFIED = "verified", _("Verified")
    CLOSED = "closed", _("Closed")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    MERGED = "merged", _("Merged")

    @property
    def is_open(self) -> bool:
        return self in OPEN_STEPS

    @property
    def stage(self) -> int:
        """1 to 6 along report, assign, handle, feed back, verify, close; 0 when ended on the way."""
        return STAGES.get(self, 0)


OPEN_STEPS = (Step.REPORTED, Step.ASSIGNED, Step.HANDLING, Step.FED_BACK, Step.VERIFIED)
STAGES = {step: n for n, step in enumerate((*OPEN_STEPS, Step.CLOSED), start=1)}


class Action(TextChoices):
    """What a person does to a case: the edges of the table, and the verbs of `cases.actions`."""

    REPORT = "report", _("Report")
    CLAIM = "claim", _("Claim")
    ASSIGN = "assign", _("Assign")
    DECLINE = "decline", _("Decline")
    WITHDRAW = "withdraw", _("Withdraw")
    SETTLE = "settle", _("Report as settled")
    SIGN = "sign", _("Sign for")
    RETURN = "return", _("Return")
    RECALL = "recall", _("Recall")
    FEED_BACK = "feed_back", _("Feed back")
    PASS = "pass", _("Pass")
    FAIL = "fail", _("Send back for rework")
    CLOSE = "close", _("Close")
    REOPEN = "reopen", _("Reopen")
    ESCALATE = "escalate", _("Escalate")
    TRANSFER = "transfer", _("Transfer")
    MERGE = "merge", _("Merge")
    RECATEGORISE = "recategorise", _("Recategorise")
    FLAG = "flag", _("Flag as common or major")
    SUPERVISE = "supervise", _("Supervise")
    LIFT = "lift", _("Lift the supervision")
    ASK = "ask", _("Issue the inquiry")
    ANSWER = "answer", _("Answer the inquiry")
    ACCEPT = "accept", _("Accept the answer")
    OBJECT = "object", _("Object to the answer")
    DECIDE = "decide", _("Decide the inquiry")
    EXTEND = "extend", _("Ask for an extension")
    SUSPEND = "suspend", _("Ask for a suspension")
    ENDORSE = "endorse", _("Pass the request on")
    TURN_DOWN = "turn_down", _("Turn the request down")
    GRANT = "grant", _("Grant the request")
    REFUSE = "refuse", _("Refuse the request")
    RESUME = "resume", _("Resume")
    INVITE = "invite", _("Add an assisting unit")
    ASSIST = "assist", _("Feed back the assistance")
    RELEASE = "release", _("Release an assisting unit")
    # What the clock does by itself.
    EXPIRE = "expire", _("Limit passed")
    SIGN_LATE = "sign_late", _("Sign limit passed")
    GAIN = "gain", _("Right of inquiry")
    REPLY_LATE = "reply_late", _("Reply limit passed")
    RECOUNT = "recount", _("Limit recounted")
    HAND_OVER = "hand_over", _("Handed over")

    @property
    def is_of_inquiry(self) -> bool:
        """Whether it belongs to the paper that goes with a case, and leaves the case as it stands."""
        return self in INQUIRY_ACTIONS


INQUIRY_ACTIONS = (
    Action.ASK, Action.ANSWER, Action.ACCEPT, Action.OBJECT, Action.DECIDE,
    Action.GAIN, Action.REPLY_LATE,
)  # fmt: skip


class Who(TextChoices):
    """Which of the people who hold the right may take an edge."""

    ANYBODY = "anybody", _("whoever holds the right")
    REPORTER = "reporter", _("the person who reported it")
    HOLDER = "holder", _("the unit it is assigned to")
    SETTLER = "settler", _("the grid leader who found it in her own grid")
    NOT_THE_HANDLER = "not_the_handler", _("somebody who did not handle it")
    GRID_HOLDER = "grid_holder", _("the grid it is assigned to, where there is a level above")
    ASKER = "asker", _("the grid below that has the right of inquiry")
    ANSWERER = "answerer", _("the level that is questioned")
    DECIDER = "decider", _("the level above the one that is questioned")
    HELPER = "helper", _("a unit that assists")
    NOT_THE_APPLICANT = "not_the_applicant", _("somebody else than who asked for it")
    ABOVE = "above", _("the level above the unit that asked, and not who passed it on")
    CLOCK = "clock", _("the clock")


class Refusal(TextChoices):
    """Why an action is refused, in words for the person who tried it."""

    WRONG_STEP = "wrong_step", _("This is not possible at the step the case has reached.")
    NO_RIGHT = "no_right", _("Your post does not allow this here.")
    POST_ENDED = "post_ended", _("The post you acted from has ended.")
    NOT_THE_REPORTER = "not_the_reporter", _("Only the person who reported the case can do this.")
    NOT_THE_HOLDER = "not_the_holder", _("Only the unit the case is assigned to can do this.")
    NOT_A_SETTLER = (
        "not_a_settler",
        _("Only the grid leader who found a minor problem in her own grid can settle it at once."),
    )
    HANDLED_IT = "handled_it", _("Whoever fed back the result cannot verify it.")
    ALREADY_ASSIGNED = (
        "already_assigned",
        _("The case has been assigned before, so it can no longer be withdrawn."),
    )
    RETURNED_TWICE = (
        "returned_twice",
        _("The case has been returned twice; the dispatcher's decision is final."),
    )
    TOO_OLD_TO_REOPEN = "too_old", _("A case can be reopened within 30 days of its closing.")
    NOTE_MISSING = "note_missing", _("Please give the reason.")
    NO_LEVEL_ABOVE = "no_level_above", _("There is no grid above that could take this up.")
    NOT_THE_ASKER = "not_the_asker", _("Only the grid that has the right of inquiry can do this.")
    NOT_THE_ANSWERER = "not_the_answerer", _("Only the level that is questioned can answer.")
    NOT_THE_DECIDER = "not_the_decider", _("Only the level above the one that is questioned decides.")
    NO_INQUIRY = "no_inquiry", _("There is no inquiry that waits for this.")
    SUPERVISED = "supervised", _("A supervision can only become stricter; lift it first.")
    NOT_SUPERVISED = "not_supervised", _("The case is not under supervision.")
    INQUIRY_OPEN = (
        "inquiry_open",
        _("An inquiry about this case is open; it cannot be ended before that is settled."),
    )
    NOT_A_HELPER = "not_a_helper", _("Only a unit that assists in the case can do this.")
    HELPERS_OPEN = (
        "helpers_open",
        _("Units that assist have not fed back yet; they have to, or to be released, first."),
    )
    NO_HELPERS = "no_helpers", _("No unit assists in this case.")
    SUSPENDED = "suspended", _("The case is suspended; it has to be resumed first.")
    NOT_SUSPENDED = "not_suspended", _("The case is not suspended.")
    APPLICATION_OPEN = "application_open", _("A request about this case is not decided yet.")
    NO_APPLICATION = "no_application", _("There is no request that waits for this.")
    EXTENDED_TWICE = "extended_twice", _("The limit has been extended twice; that is all there is.")
    LIMIT_PASSED = "limit_passed", _("The limit has passed; a request comes before that.")
    NOT_ABOVE = "not_above", _("The leader in charge at the level above decides, not who passed it on.")
    APPLIED = "applied", _("Who asked for it cannot pass on it.")
    ALREADY_FLAGGED = "already_flagged", _("The case is flagged already.")


class Unit(TextChoices):
    """What a limit is counted in."""

    WORKING_DAYS = "working_days", _("working days")
    WORKING_HOURS = "working_hours", _("working hours")
    HOURS = "hours", _("hours round the clock")


class Ledger(TextChoices):
    """The two books every statistic exists for (2014 Zhengzhou rules)."""

    KEY = "key", _("Key-domain ledger")
    CIVIC = "civic", _("Civic affairs")


class Severity(TextChoices):
    MINOR = "minor", _("Minor")
    NORMAL = "normal", _("Normal")
    URGENT = "urgent", _("Urgent")
    MAJOR = "major", _("Major")


class Channel(TextChoices):
    """How a problem reached us (多网合一)."""

    PATROL = "patrol", _("Grid patrol")
    DIARY = "diary", _("Diary")
    RESIDENT = "resident", _("Resident")
    MAYOR_LINE = "hotline_12345", _("12345 hotline")
    CITY_LINE = "city_line", _("City-management hotline")
    WECHAT = "wechat", _("WeChat")
    PETITION = "petition", _("Online petition")
    SURVEILLANCE = "surveillance", _("Road surveillance")
    VEHICLE = "vehicle", _("Patrol vehicle")
    DEPARTMENT = "department", _("Department transfer")
    CAMPAIGN = "campaign", _("Campaign")


class Part(TextChoices):
    LEAD = "lead", _("Lead")
    ASSIST = "assist", _("Assist")


class Outcome(TextChoices):
    """How an assignment stands or ended."""

    OPEN = "open", _("Open")
    RETURNED = "returned", _("Returned")
    RECALLED = "recalled", _("Recalled")
    DONE = "done", _("Done")
    ESCALATED = "escalated", _("Escalated")
    EXPIRED = "expired", _("Expired")
    TRANSFERRED = "transferred", _("Transferred")


class DeadlineKind(TextChoices):
    SIGN = "sign", _("Sign limit")
    HALF = "half", _("Reminder at half time")
    EVE = "eve", _("Reminder one day before")
    EXPIRY = "expiry", _("Handling limit")
    REPLY = "reply", _("Reply limit of an inquiry")
    RESUME = "resume", _("End of the suspension")

    @property
    def is_reminder(self) -> bool:
        return self in (DeadlineKind.HALF, DeadlineKind.EVE)


class Grade(TextChoices):
    """The three grades of supervision (督办)."""

    ORDINARY = "ordinary", _("Ordinary supervision")
    YELLOW = "yellow", _("Yellow supervision")
    RED = "red", _("Red supervision")

    @property
    def weight(self) -> int:
        return list(Grade).index(self) + 1


class Concern(TextChoices):
    """Why a case goes to the leader in charge (共性问题, 重大问题)."""

    COMMON = "common", _("Common problem")
    MAJOR = "major", _("Major problem")


class ApplicationKind(TextChoices):
    """What a unit may ask of its clock (延期, 挂账)."""

    EXTENSION = "extension", _("Extension")
    SUSPENSION = "suspension", _("Suspension")


class ApplicationState(TextChoices):
    """How a request stands: passed on by the dispatcher first, granted by the leader in charge then."""

    ASKED = "asked", _("With the dispatcher")
    ENDORSED = "endorsed", _("With the leader in charge")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")
    LAPSED = "lapsed", _("Lapsed")


UNDECIDED = (ApplicationState.ASKED, ApplicationState.ENDORSED)


class InquiryState(TextChoices):
    """How an inquiry (质询) stands: a right first, then a paper."""

    RIGHT = "right", _("May be issued")
    LAPSED = "lapsed", _("Lapsed")
    ISSUED = "issued", _("Waiting for the answer")
    ANSWERED = "answered", _("Answered")
    ACCEPTED = "accepted", _("Answer accepted")
    OBJECTED = "objected", _("Before the level above")
    DECIDED = "decided", _("Decided")


# An inquiry that somebody still has to act on.
UNSETTLED = (InquiryState.RIGHT, InquiryState.ISSUED, InquiryState.ANSWERED, InquiryState.OBJECTED)


class Verdict(TextChoices):
    """What the level above decides about an inquiry."""

    UPHELD = "upheld", _("Upheld")
    DISMISSED = "dismissed", _("Dismissed")


class DeadlineState(TextChoices):
    PENDING = "pending", _("Pending")
    FIRED = "fired", _("Fired")
    CANCELLED = "cancelled", _("Cancelled")
    PAUSED = "paused", _("Paused")
    PARKED = "parked", _("Parked")


class EvidenceStage(TextChoices):
    BEFORE = "before", _("Before")
    AFTER = "after", _("After")


class Evaluation(TextChoices):
    """The overall evaluation (综合评价) given when a case is closed."""

    GOOD = "good", _("Good")
    FAIR = "fair", _("Fair")
    POOR = "poor", _("Poor")


class CheckMethod(TextChoices):
    """How a result was verified."""

    ON_SITE = "on_site", _("Checked on site")
    BY_PHONE = "by_phone", _("Called back by phone")
    BY_RECORD = "by_record", _("Checked against the record")


class DueState(TextChoices):
    """How an open case stands against its limit, for display and statistics."""

    NONE = "none", _("No limit running")
    ON_TIME = "on_time", _("On time")
    TODAY = "today", _("Due today")
    OVERDUE = "overdue", _("Overdue")
    PAUSED = "paused", _("Clock stopped")


class Waiting(TextChoices):
    """What of the cases is up to one person, in the order in which her desk shows it."""

    SIGN = "sign", _("To sign for")
    HANDLE = "handle", _("To handle")
    DISPATCH = "dispatch", _("To dispatch")
    VERIFY = "verify", _("To verify")
    CLOSE = "close", _("To close")
    ASSIST = "assist", _("To assist with")
    ENDORSE = "endorse", _("Requests to pass on")
    GRANT = "grant", _("Requests to decide")
    ABOVE = "above", _("Went up from us, not settled yet")
    MINE = "mine", _("My reports under way")
    DECLINED = "declined", _("My reports that were declined lately")

    @property
    def is_work(self) -> bool:
        """Whether the person herself has to act; what others have is only there to look at."""
        return self not in (Waiting.ABOVE, Waiting.MINE, Waiting.DECLINED)


class InquiryWaiting(TextChoices):
    """What of the inquiries is up to one person: first on her desk, and the tabs of their list."""

    ANSWER = "answer", _("Inquiries to answer")
    ASK = "ask", _("Inquiries we may issue")
    JUDGE = "judge", _("Answers to judge")
    DECIDE = "decide", _("Inquiries to decide")


class NoticeKind(TextChoices):
    """What people are told of (docs/rules/notices.md §1); the label is the word for many of a kind."""

    URGENT = "case_urgent", _("Urgent, to sign for")
    ASSIGNED = "case_assigned", _("To sign for")
    TAKEN = "case_taken", _("Taken from you")
    RETURNED = "case_returned", _("Returned")
    REWORK = "case_rework", _("Rework")
    CLOSED = "case_closed", _("Closed")
    DECLINED = "case_declined", _("Declined")
    MERGED = "case_merged", _("Merged")
    SUPERVISED = "case_supervised", _("Supervised")
    HALF_TIME = "case_half_time", _("Half of the time")
    LAST_DAY = "case_last_day", _("Last day")
    EXPIRED = "case_expired", _("Limit passed")
    SIGN_LATE = "case_sign_late", _("Sign limit passed")
    TO_ASSIST = "case_to_assist", _("To assist with")
    TO_PASS_ON = "request_to_pass_on", _("Request to pass on")
    TO_GRANT = "request_to_decide", _("Request to decide")
    GRANTED = "request_granted", _("Request granted")
    REFUSED = "request_refused", _("Request refused")
    RESUMED = "case_resumed", _("Suspension over")
    HANDED_OVER = "case_handed_over", _("Handed over to you")
    MAY_ASK = "inquiry_right", _("Right of inquiry")
    ASKED = "inquiry_asked", _("Inquiry to answer")
    ANSWERED = "inquiry_answered", _("Inquiry answered")
    ACCEPTED = "inquiry_accepted", _("Answer accepted")
    TO_DECIDE = "inquiry_to_decide", _("Inquiry to decide")
    DECIDED = "inquiry_decided", _("Inquiry decided")

    @property
    def is_urgent(self) -> bool:
        """Whether it is sent at night, too."""
        return self == NoticeKind.URGENT


class Told(TextChoices):
    """Who of those a case concerns is told of something. Nobody is told of what she did herself."""

    HOLDER = "holder", _("who answers for it from now on")
    FORMER = "former", _("who had it until now")
    HANDLER = "handler", _("who fed back the result")
    REPORTERS = "reporters", _("who reported it, and whose reports were merged into it")
    CENTRE = "centre", _("the dispatcher who gave it, or every dispatcher of the street")
    HELPER = "helper", _("who answers for the unit that is asked to assist")
    ABOVE = "above", _("who answers for the street above the unit that has it, or the district")
    ASKER = "asker", _("who answers for the grid that asks")
    ANSWERER = "answerer", _("who answers for the level that is questioned")
    DECIDER = "decider", _("who answers for the level that decides")


class AdmissionState(TextChoices):
    """How an application for the admission of an affair (准入申请) stands."""

    SUBMITTED = "submitted", _("Submitted to the district")
    MEETING = "meeting", _("Before the joint meeting")
    ADMITTED = "admitted", _("Admitted")
    REFUSED = "refused", _("Not admitted")
    WITHDRAWN = "withdrawn", _("Taken back by the applicant")


# An application that somebody still has to act on.
UNDER_REVIEW = (AdmissionState.SUBMITTED, AdmissionState.MEETING)


class AdmissionChange(TextChoices):
    """What happens to an application: the events of its story, and the verbs of `cases.actions.admissions`."""

    APPLIED = "applied", _("Application submitted")
    CONVENED = "convened", _("Joint meeting called")
    OPINION = "opinion", _("Opinion in the joint meeting")
    ADMITTED = "admitted", _("Admission decided")
    REFUSED = "refused", _("Admission refused")
    WITHDRAWN = "withdrawn", _("Application taken back")
    LEFT = "left", _("Taken off the list")


class AdmissionRefusal(TextChoices):
    """Why an application or the list stays as it is, in words for the person who tried."""

    NO_RIGHT = "no_right", _("Your post does not allow this here.")
    POST_ENDED = "post_ended", _("The post you acted from has ended.")
    DECIDED = "decided", _("Somebody was faster: this application is settled already.")
    NOT_CONVENED = "not_convened", _("The joint meeting has not been called yet.")
    NOT_MET = "not_met", _("The day of the joint meeting has not come yet.")
    NO_OPINION = "no_opinion", _("No opinion of the joint meeting is on record yet.")
    HAS_OPINIONS = "has_opinions", _("Opinions are on record already, so the day of the meeting stays.")
    OWN = "own", _("Whoever applied does not decide on it: somebody else of the district does.")
    PAST = "past", _("That day has passed. Choose today or a later day.")
    NO_TERM = "no_term", _("The last day lies before the first one.")
    ENDED = "ended", _("This affair is off the list already, or has its last day before that.")


class AffairStand(TextChoices):
    """How an affair on the list stands on a day."""

    AHEAD = "ahead", _("Not yet in force")
    IN_TERM = "in_term", _("In term")
    ENDING = "ending", _("Ends within 30 days")
    ENDED = "ended", _("Off the list")


class AffairExit(TextChoices):
    """Why an affair left the list before the end of its term (退出)."""

    REQUEST = "request", _("At the request of the department")
    REMOVED = "removed", _("Removed by the district")


class AdmissionNotice(TextChoices):
    """What people are told of admissions; the label is the word for many of a kind."""

    TO_REVIEW = "affair_to_review", _("Grid affair to review")
    ADMITTED = "affair_admitted", _("Grid affair admitted")
    REFUSED = "affair_refused", _("Grid affair not admitted")
    LEFT = "affair_left", _("Grid affair off the list")
