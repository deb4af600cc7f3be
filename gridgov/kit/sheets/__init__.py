"""Ledgers from strangers: opened behind a wall, read as a clerk sees them.

    reading     the door: a file in, its sheets and cells out, or SheetRefused

Behind the wall stand `child` and what it imports (`limits`, `formats`, `ooxml`, `biff`, `delimited`): they run
in a process of their own, without Django, and import one another by relative names so that they can.
"""
