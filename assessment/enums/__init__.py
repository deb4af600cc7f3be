"""The words of the upper floor, by what they are about."""

from .admissions import AdmissionFigure
from .checks import Bar, Dimension, HeardBy, Satisfaction, SpotMethod, SpotResult
from .commitments import Pledge
from .dossier import DUTY_DAYS, TRACE_RATES, Chapter, Trace
from .figures import DAYS, RATE_NOTES, RATES, Figure, GroupFigure, Headline, Rate, Side
from .hints import HINT_WORDS, Hint, HintVerdict
from .reviews import (
    UNDER_WAY,
    Finding,
    Gravity,
    Ground,
    Measure,
    Responsibility,
    ReviewChange,
    ReviewNotice,
    ReviewState,
    Stage,
)
from .scoring import WEIGHTS, Basis, Deduction, Formula, Input, MarkState, RunState, Section, Standing
from .source import SHARES, Printed, Source, Why

__all__ = [
    "DAYS",
    "DUTY_DAYS",
    "HINT_WORDS",
    "RATES",
    "RATE_NOTES",
    "SHARES",
    "TRACE_RATES",
    "UNDER_WAY",
    "WEIGHTS",
    "AdmissionFigure",
    "Bar",
    "Basis",
    "Chapter",
    "Deduction",
    "Dimension",
    "Figure",
    "Finding",
    "Formula",
    "Gravity",
    "Ground",
    "GroupFigure",
    "Headline",
    "HeardBy",
    "Hint",
    "HintVerdict",
    "Input",
    "MarkState",
    "Measure",
    "Pledge",
    "Printed",
    "Rate",
    "Responsibility",
    "ReviewChange",
    "ReviewNotice",
    "ReviewState",
    "RunState",
    "Satisfaction",
    "Section",
    "Side",
    "Source",
    "SpotMethod",
    "SpotResult",
    "Stage",
    "Standing",
    "Trace",
    "Why",
]
