from .monthly import MINUTES, MonthField, MonthForm, PlaceMonthForm, RowsForm, WorkbookForm

__all__ = ["MINUTES", "MonthField", "MonthForm", "PlaceMonthForm", "RowsForm", "WorkbookForm"]
