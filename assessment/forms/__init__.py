from .monthly import MINUTES, MonthField, MonthForm, PlaceMonthForm, RowsForm, WorkbookForm, as_sent

__all__ = ["MINUTES", "MonthField", "MonthForm", "PlaceMonthForm", "RowsForm", "WorkbookForm", "as_sent"]
