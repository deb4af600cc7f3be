"""Where in a grid, as people say it."""


def said(house_no: str, unit_no: str) -> tuple[str, ...]:
    """Building and unit: a bare number gets its word, 3 and 2 are 3号楼2单元. Anything else stays as typed.

    It is an address, and so the same in every language.
    """
    house = f"{house_no}号楼" if house_no.isdecimal() else house_no
    unit = f"{unit_no}单元" if unit_no.isdecimal() else unit_no
    if (house, unit) != (house_no, unit_no):
        return (house + unit,)
    return tuple(part for part in (house, unit) if part)
