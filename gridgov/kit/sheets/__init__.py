"""Ledgers from strangers: opened behind a wall, read as a clerk sees them, given back with remarks.

    reading     the door: a file in, its sheets and cells out, or SheetRefused
    header      which row holds the titles, and which column is which field
    values      dates, numbers and stray spaces of a single cell
    annotated   the same ledger as a workbook, with a comment on each cell that is wrong

Behind the wall stand `child` and what it imports (`limits`, `formats`, `ooxml`, `biff`, `delimited`): they run
in a process of their own, without Django, and import one another by relative names so that they can.
"""
