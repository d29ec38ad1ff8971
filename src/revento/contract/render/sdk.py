"""The SDKs' types, made from the v1 structs, the topics, the scopes and the error table: never written by hand.

`python -m revento.contract.render.sdk` writes them; a test fails when the committed files are not what this makes.
"""

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from revento.contract import errors, scopes, topics
from revento.contract.v1 import event, notices, participant, person, program
from revento.contract.v1.wire import Wire

_MODULES: Final = (event, participant, program, person, notices)
_HEAD: Final = "Made from the contract by `python -m revento.contract.render.sdk`; do not edit."
FILES: Final = {"sdk/python/src/revento_sdk/types.py": "python", "sdk/typescript/src/types.ts": "typescript"}


def structs() -> list[type[Wire]]:
    """Every v1 struct, each module's in the order in which it is written."""
    return [
        member
        for module in _MODULES
        for member in vars(module).values()
        if inspect.isclass(member) and issubclass(member, Wire) and member.__module__ == module.__name__
    ]


def enums() -> list[tuple[str, tuple[str, ...]]]:
    """Every named set of values of the wire, such as `Role`."""
    found = {
        name: get_args(member)
        for module in _MODULES
        for name, member in vars(module).items()
        if get_origin(member) is Literal
    }
    return list(found.items())


_ENUM_NAMES: Final = {values: name for name, values in enums()}


def _doc(struct: type[Wire]) -> str:
    return (struct.__doc__ or "").replace("\n    ", "\n").strip()


def _python(hint: Any) -> str:
    if hint is type(None):
        return "None"
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal:
        return _ENUM_NAMES.get(args) or f"Literal[{', '.join(_quoted(args))}]"
    if origin in (list, dict):
        return f"{origin.__name__}[{', '.join(map(_python, args))}]"
    if args:
        return " | ".join(map(_python, args))
    return hint.__name__ if hint is not Any else "Any"


_TYPESCRIPT: Final = {
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    Any: "unknown",
    type(None): "null",
}


def _typescript(hint: Any) -> str:
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal:
        return _ENUM_NAMES.get(args) or " | ".join(_quoted(args))
    if origin is list:
        inner = _typescript(args[0])
        return f"({inner})[]" if "|" in inner else f"{inner}[]"
    if origin is dict:
        return f"Record<{_typescript(args[0])}, {_typescript(args[1])}>"
    if origin is Union or args:
        return " | ".join(map(_typescript, args))
    return _TYPESCRIPT.get(hint) or hint.__name__


def _quoted(values: Any) -> Iterator[str]:
    return (f'"{value}"' for value in values)


def _fields(struct: type[Wire]) -> dict[str, Any]:
    hints = get_type_hints(struct)
    return {name: hints[name] for name in struct.__struct_fields__}


def message_name(topic: topics.Topic[Any]) -> str:
    """The name of a topic's whole message in both SDKs: `application.approved` is `ApplicationApprovedMessage`."""
    return "".join(part.title() for part in topic.name.replace(".", "_").split("_")) + "Message"


def _null(topic: topics.Topic[Any], word: str, null: str) -> str:
    return null if topic.integration_level else word


def python() -> str:
    """`revento_sdk/types.py`."""
    lines = [f'"""Everything on the wire of version 1.\n\n{_HEAD}\n"""', ""]
    lines += ["from typing import Any, Literal, TypeAlias, TypedDict", ""]
    lines += [f"{name}: TypeAlias = Literal[{', '.join(_quoted(values))}]" for name, values in enums()]
    lines += [f"Scope: TypeAlias = Literal[{', '.join(_quoted(scope.name for scope in scopes.ALL))}]"]
    codes = dict.fromkeys(reason.code for reason in (*errors.API, *errors.OAUTH))
    lines += ["ErrorCode: TypeAlias = Literal[", *(f"    {code}," for code in _quoted(codes)), "]"]
    for struct in structs():
        lines += ["", "", f"class {struct.__name__}(TypedDict):", f'    """{_doc(struct)}"""', ""]
        lines += [f"    {name}: {_python(hint)}" for name, hint in _fields(struct).items()]
    for topic in topics.ALL:
        lines += ["", "", f"class {message_name(topic)}(TypedDict):", f'    """{topic.fires}"""', "", "    id: str"]
        lines += [f'    type: Literal["{topic.name}"]', "    occurred_at: str"]
        lines += [f"    event_id: {_null(topic, 'str', 'None')}", f"    organization_id: {_null(topic, 'str', 'None')}"]
        lines += [f"    data: {topic.data.__name__}"]
    union = "\n    | ".join(map(message_name, topics.ALL))
    lines += ["", "", f"Message: TypeAlias = (\n    {union}\n)", '"""Any webhook message; `type` tells which."""']
    types = "".join(f"    {name},\n" for name in _quoted(topic.name for topic in topics.ALL))
    lines += [f"MessageType: TypeAlias = Literal[\n{types}]"]
    return "\n".join(lines) + "\n"


def typescript() -> str:
    """`src/types.ts`."""
    lines = [f"// Everything on the wire of version 1. {_HEAD}", ""]
    lines += [f"export type {name} = {' | '.join(_quoted(values))};" for name, values in enums()]
    lines += [f"export type Scope = {' | '.join(_quoted(scope.name for scope in scopes.ALL))};"]
    codes = dict.fromkeys(reason.code for reason in (*errors.API, *errors.OAUTH))
    lines += [f"export type ErrorCode = {' | '.join(_quoted(codes))};"]
    for struct in structs():
        lines += ["", f"/** {' '.join(_doc(struct).split())} */", f"export interface {struct.__name__} {{"]
        lines += [f"  {name}: {_typescript(hint)};" for name, hint in _fields(struct).items()] + ["}"]
    for topic in topics.ALL:
        lines += ["", f"/** {topic.fires} */", f"export interface {message_name(topic)} {{", "  id: string;"]
        lines += [f'  type: "{topic.name}";', "  occurred_at: string;"]
        lines += [f"  {name}: {_null(topic, 'string', 'null')};" for name in ("event_id", "organization_id")]
        lines += [f"  data: {topic.data.__name__};", "}"]
    union = "\n  | ".join(map(message_name, topics.ALL))
    lines += ["", "/** Any webhook message; `type` tells which. */", f"export type Message =\n  | {union};"]
    lines += ['export type MessageType = Message["type"];']
    return "\n".join(lines) + "\n"


def main(root: Path) -> None:
    """Write both files below the project's root."""
    for name, language in FILES.items():
        (root / name).write_text(python() if language == "python" else typescript())


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
