"""XML as a tree with lines: no document type, no entities of the file's own, nothing fetched, nothing expanded."""

from typing import Any
from xml.parsers import expat

from revento.events.importing.dialects.refusals import DEPTH_MOST, unreadable


class Element:
    """One element: its name, attributes, children, text, and the line on which it begins."""

    __slots__ = ("attributes", "children", "line", "name", "parts")

    def __init__(self, name: str, attributes: dict[str, str], line: int) -> None:
        self.name, self.attributes, self.line = name, attributes, line
        self.children: list[Element] = []
        self.parts: list[str] = []

    def all(self, name: str) -> list["Element"]:
        """The children of that name."""
        return [child for child in self.children if child.name == name]

    def first(self, name: str) -> "Element | None":
        """The first child of that name."""
        return next((child for child in self.children if child.name == name), None)

    def text(self, name: str) -> str:
        """The text of the first child of that name; empty without one."""
        child = self.first(name)
        return "" if child is None else "".join(child.parts)


def parse(raw: bytes) -> Element:
    """The root. Raises `INVALID_INPUT` with line and column: malformed, a DOCTYPE, nested too deeply."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    stack: list[Element] = []
    roots: list[Element] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(stack) >= DEPTH_MOST:
            refuse("nested too deeply")
        element = Element(name.rpartition(":")[2], attributes, parser.CurrentLineNumber)
        (stack[-1].children if stack else roots).append(element)
        stack.append(element)

    def end(_name: str) -> None:
        stack.pop()

    def characters(written: str) -> None:
        stack[-1].parts.append(written)

    def refuse(say: str) -> None:
        unreadable(say, line=parser.CurrentLineNumber, column=parser.CurrentColumnNumber + 1)

    def doctype(*_: Any) -> None:
        refuse("a DOCTYPE is not allowed in a schedule")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        words = expat.ErrorString(error.code)
        unreadable(f"malformed XML: {words}", line=error.lineno, column=error.offset + 1)
    except (LookupError, ValueError) as error:
        unreadable(f"malformed XML: {error}", line=1, column=1)
    return roots[0]
