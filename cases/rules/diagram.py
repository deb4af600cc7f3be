"""The lifecycle table as a picture and as a page, for docs/rules/lifecycle.md."""

import re

from ..enums import OPEN_STEPS, Step
from .lifecycle import EDGES, Edge

DRAWN = re.compile(r"(<!-- drawn: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def mermaid() -> str:
    """The steps and the actions between them, as a Mermaid state diagram."""
    moves = [f"    {edge.source or '[*]'} --> {edge.target}: {edge.action}" for edge in EDGES]
    ends = [f"    {step} --> [*]" for step in Step if step not in OPEN_STEPS and _is_reached(step)]
    return "\n".join(["```mermaid", "stateDiagram-v2", *moves, *ends, "```"])


def _is_reached(step: Step) -> bool:
    return any(edge.target == step for edge in EDGES)


def table() -> str:
    """The edges in Markdown, in the order of the table."""
    head = ["| action | from | to | right | who | must say why |", "| --- | --- | --- | --- | --- | --- |"]
    return "\n".join([*head, *map(_line, EDGES)])


def _line(edge: Edge) -> str:
    reason = "yes" if edge.needs_note else ""
    source = f"`{edge.source}`" if edge.source else "-"
    return f"| `{edge.action}` | {source} | `{edge.target}` | `{edge.right}` | {edge.who.replace('_', ' ')} | {reason} |"


def redrawn(page: str) -> str:
    """The page with everything between its marks drawn anew."""
    drawings = {"diagram": mermaid, "table": table}
    return DRAWN.sub(lambda mark: f"{mark[1]}{drawings[mark[2]]()}\n{mark[3]}", page)
