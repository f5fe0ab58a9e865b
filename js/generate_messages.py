"""Write `src/protocol/messages.ts` from `hitl_widget/widget/wire.py`: the types, and a schema to check messages by.

With `--check`, fail when the file is not what would be written.
"""

from __future__ import annotations

import importlib.util
import json
import re
import sys
import types
from pathlib import Path
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

HERE = Path(__file__).resolve().parent
WIRE = HERE.parent / "hitl_widget" / "widget" / "wire.py"
OUT = HERE / "src" / "protocol" / "messages.ts"


def load_wire() -> types.ModuleType:
    """Load wire.py by its path: it needs the standard library only, its package may need more."""
    spec = importlib.util.spec_from_file_location("wire", WIRE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["wire"] = module
    spec.loader.exec_module(module)
    return module


def tuple_labels(source: str) -> dict[str, list[str]]:
    """Read the first word of the comment behind each element of a `tuple[...]` alias."""
    labels = {}
    for alias, body in re.findall(r"^(\w+) = tuple\[\n(.*?)^\]", source, re.S | re.M):
        lines = [line for line in body.splitlines() if line.strip()]
        labels[alias] = [label(line) for line in lines]
    return labels


def label(line: str) -> str:
    """Name a tuple element: its comment's first word, or its type's name."""
    code, _, comment = line.partition("#")
    word = re.match(r"\s*(\w+)", comment) or re.match(r"\s*(\w+)", code)
    assert word is not None
    return word[1][0].lower() + word[1][1:]


class Writer:
    def __init__(self, wire: types.ModuleType, source: str) -> None:
        self.wire = wire
        self.labels = tuple_labels(source)
        assigned = re.findall(r"^(\w+) = (?:Literal|tuple)\[", source, re.M)
        self.aliases = {name: getattr(wire, name) for name in assigned}
        classes = re.findall(r"^(?:class (\w+)\(TypedDict\)|(\w+) = TypedDict\()", source, re.M)
        self.dicts = [getattr(wire, a or b) for a, b in classes]

    def named(self, kind: Any) -> str | None:
        if is_typeddict(kind):
            return str(kind.__name__)
        return next((name for name, alias in self.aliases.items() if alias == kind), None)

    def type_of(self, kind: Any, *, top: bool = False) -> str:
        if not top and (name := self.named(kind)):
            return name
        origin, args = get_origin(kind), get_args(kind)
        if origin is NotRequired:
            return self.type_of(args[0])
        if kind is Any:
            return "unknown"
        if kind is type(None):
            return "null"
        if kind in (int, float):
            return "number"
        if kind is str:
            return "string"
        if kind is bool:
            return "boolean"
        if origin is Literal:
            return " | ".join(json.dumps(value) for value in args)
        if origin in (Union, types.UnionType):
            return " | ".join(dict.fromkeys(self.type_of(arg) for arg in args))
        if origin is list:
            inner = self.type_of(args[0])
            return f"({inner})[]" if "|" in inner else f"{inner}[]"
        if origin is dict:
            return f"Record<{self.type_of(args[0])}, {self.type_of(args[1])}>"
        raise TypeError(f"No TypeScript for {kind!r}; teach generate_messages.py.")

    def schema_of(self, kind: Any, *, top: bool = False) -> Any:
        if not top and (name := self.named(kind)):
            return {"ref": name}
        origin, args = get_origin(kind), get_args(kind)
        if origin is NotRequired:
            return self.schema_of(args[0])
        if kind is Any:
            return "any"
        if kind is type(None):
            return "null"
        if kind in (int, float):
            return "number"
        if kind in (str, bool):
            return {str: "string", bool: "boolean"}[kind]
        if origin is Literal:
            return {"enum": list(args)}
        if origin in (Union, types.UnionType):
            return {"any": list({json.dumps(s): s for s in map(self.schema_of, args)}.values())}
        if origin is list:
            return {"list": self.schema_of(args[0])}
        if origin is tuple:
            return {"tuple": [self.schema_of(arg) for arg in args]}
        if origin is dict:
            return "object"
        raise TypeError(f"No schema for {kind!r}; teach generate_messages.py.")

    def fields(self, kind: Any) -> list[tuple[str, Any, bool]]:
        hints = get_type_hints(kind, vars(self.wire), include_extras=True)
        return [(name, hint, get_origin(hint) is NotRequired) for name, hint in hints.items()]

    def text(self) -> str:
        lines = [
            "// Generated from hitl_widget/widget/wire.py by `npm run generate`. Do not edit.",
            "",
            f"export const VERSION = {self.wire.VERSION};",
        ]
        for name, alias in self.aliases.items():
            if get_origin(alias) is tuple:
                args, names = get_args(alias), self.labels[name]
                body = "".join(f"  {n}: {self.type_of(a)},\n" for n, a in zip(names, args, strict=True))
                lines += ["", f"export type {name} = [\n{body}];"]
            else:
                lines += ["", f"export type {name} = {self.type_of(alias, top=True)};"]
        for kind in self.dicts:
            body = "".join(f"  {n}{'?' if o else ''}: {self.type_of(h)};\n" for n, h, o in self.fields(kind))
            lines += ["", f"export interface {kind.__name__} {{\n{body}}}"]
        schema: dict[str, Any] = {n: self.schema_of(a, top=True) for n, a in self.aliases.items()}
        for kind in self.dicts:
            fields = {n: ({"optional": self.schema_of(h)} if o else self.schema_of(h)) for n, h, o in self.fields(kind)}
            schema[kind.__name__] = {"object": fields}
        lines += ["", "/** What each message must look like; `protocol/validate.ts` reads it. */"]
        lines += [f"export const SCHEMA = {json.dumps(schema, indent=2, ensure_ascii=False)} as const;"]
        return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    text = Writer(load_wire(), WIRE.read_text(encoding="utf-8")).text()
    if "--check" in arguments:
        if not OUT.exists() or OUT.read_text(encoding="utf-8") != text:
            sys.stderr.write(f"{OUT.relative_to(HERE)} is out of date with wire.py: run `npm run generate`.\n")
            return 1
        return 0
    OUT.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
