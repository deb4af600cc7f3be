from .monthly import MINUTES, MonthField, MonthForm, PlaceMonthForm
from .periods import PeriodForm, PlacePeriodForm, RowsForm, WorkbookForm, as_sent

__all__ = [
    "MINUTES",
    "MonthField",
    "MonthForm",
    "PeriodForm",
    "PlaceMonthForm",
    "PlacePeriodForm",
    "RowsForm",
    "WorkbookForm",
    "as_sent",
]
