"""The lifecycle table as a picture and as a page, for docs/rules/lifecycle.md."""

import re
from collections.abc import Sequence

from ..enums import OPEN_STEPS, Step
from .lifecycle import CLOCK_MOVES, MOVES, SIDE_MOVES, Edge

DRAWN = re.compile(r"(<!-- drawn: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def mermaid() -> str:
    """The steps and the actions between them, as a Mermaid state diagram."""
    moves = [f"    {edge.source or '[*]'} --> {edge.target}: {edge.action}" for edge in MOVES]
    ends = [f"    {step} --> [*]" for step in Step if step not in OPEN_STEPS and _is_reached(step)]
    return "\n".join(["```mermaid", "stateDiagram-v2", *moves, *ends, "```"])


def _is_reached(step: Step) -> bool:
    return any(edge.target == step for edge in MOVES)


def table() -> str:
    """The edges that lead on, in Markdown, in the order of the table."""
    head = ["| action | from | to | right | who | must say why |", "| --- | --- | --- | --- | --- | --- |"]
    return "\n".join([*head, *map(_line, MOVES)])


def _line(edge: Edge) -> str:
    reason = "yes" if edge.needs_note else ""
    source = f"`{edge.source}`" if edge.source else "-"
    return f"| `{edge.action}` | {source} | `{edge.target}` | `{edge.right}` | {edge.who.replace('_', ' ')} | {reason} |"


def side_table() -> str:
    """What leaves a case where it stands, in Markdown."""
    head = ["| action | at | right | who | must say why |", "| --- | --- | --- | --- | --- |"]
    lines = [
        f"| `{action}` | {_steps(steps)} | `{right}` | {who.replace('_', ' ')} | {'yes' if needs_note else ''} |"
        for action, steps, right, who, needs_note in SIDE_MOVES
    ]
    return "\n".join([*head, *lines])


def clock_table() -> str:
    """What the clock does by itself, in Markdown."""
    head = ["| action | from | to |", "| --- | --- | --- |"]
    lines = [
        f"| `{action}` | {_steps(steps)} | {f'`{target}`' if target else 'stays'} |"
        for action, steps, target in CLOCK_MOVES
    ]
    return "\n".join([*head, *lines])


def _steps(steps: Sequence[Step]) -> str:
    """Several steps in a few words where there are some."""
    known = {OPEN_STEPS: "every open step", tuple(Step): "every step"}
    return known.get(tuple(steps)) or ", ".join(f"`{step}`" for step in steps)


def redrawn(page: str) -> str:
    """The page with everything between its marks drawn anew."""
    drawings = {"diagram": mermaid, "table": table, "side": side_table, "clock": clock_table}
    return DRAWN.sub(lambda mark: f"{mark[1]}{drawings[mark[2]]()}\n{mark[3]}", page)
