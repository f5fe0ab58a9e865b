"""Write `src/protocol/messages.ts` from `hitl_widget/widget/wire/`: types, checks, and a client with every request.

Run it with a Python that has hitl_widget. With `--check`, fail when the file is not what would be written.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import pkgutil
import re
import sys
import types
from pathlib import Path
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from hitl_widget.domain import commands  # noqa: E402
from hitl_widget.widget import wire  # noqa: E402
from hitl_widget.widget.publisher import Publisher  # noqa: E402
from hitl_widget.widget.requests import Declaration, Requests, declarations  # noqa: E402

OUT = HERE / "src" / "protocol" / "messages.ts"
PLAIN = {int: "number", float: "number", str: "string", bool: "boolean", type(None): "null"}


def camel(name: str) -> str:
    """Return a name as TypeScript writes it."""
    first, *others = name.split("_")
    return first + "".join(one.capitalize() for one in others)


class Messages:
    """The messages of the wire: what is named in the modules of its package, and who declares requests."""

    def __init__(self) -> None:
        names = sorted(one.name for one in pkgutil.iter_modules(wire.__path__))
        self.modules = [importlib.import_module(f"{wire.__name__}.{name}") for name in names]
        self.aliases: dict[str, Any] = {}
        self.labels: dict[str, list[str]] = {}
        self.dicts: list[Any] = []
        self.requests: list[Declaration] = [*declarations(Requests), *declarations(Publisher)]
        for module in self.modules:
            self._read(module)
        self.dicts.sort(key=lambda kind: kind.__name__)
        self.requests.sort(key=lambda one: one.name)

    def _read(self, module: types.ModuleType) -> None:
        source = inspect.getsource(module)
        for node in ast.parse(source).body:
            if not isinstance(node, ast.Assign | ast.ClassDef):
                continue
            name = node.name if isinstance(node, ast.ClassDef) else ast.unparse(node.targets[0])
            found = getattr(module, name)
            if is_typeddict(found):
                self.dicts.append(found)
            elif isinstance(node, ast.ClassDef):
                self.requests += declarations(found)
            elif not name.startswith("_") and get_origin(found) in (Literal, tuple):
                self.aliases[name] = found
        for alias, body in re.findall(r"^(\w+) = tuple\[\n(.*?)^\]", source, re.S | re.M):
            self.labels[alias] = [_label(line) for line in body.splitlines() if line.strip()]

    def named(self, kind: Any) -> str | None:
        """Return the name under which a type is written, if it has one."""
        if is_typeddict(kind):
            return str(kind.__name__)
        return next((name for name, alias in self.aliases.items() if alias == kind), None)

    def fields(self, kind: Any) -> list[tuple[str, Any, bool]]:
        """Return the keys of a message: name, type, and whether it may be missing."""
        hints = get_type_hints(kind, vars(sys.modules[kind.__module__]), include_extras=True)
        return [(name, hint, get_origin(hint) is NotRequired) for name, hint in hints.items()]

    def type_of(self, kind: Any, *, top: bool = False) -> str:
        """Return a type as TypeScript writes it."""
        if not top and (name := self.named(kind)):
            return name
        origin, args = get_origin(kind), get_args(kind)
        if _is_command(kind):
            return "Command"
        if origin is NotRequired:
            return self.type_of(args[0])
        if kind is Any:
            return "unknown"
        if kind in PLAIN:
            return PLAIN[kind]
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
        """Return what a value of a type must look like, for `protocol/validate.ts`."""
        if not top and (name := self.named(kind)):
            return {"ref": name}
        origin, args = get_origin(kind), get_args(kind)
        if origin is NotRequired:
            return self.schema_of(args[0])
        if kind is Any:
            return "any"
        if kind in PLAIN:
            return PLAIN[kind]
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

    def schema(self) -> dict[str, Any]:
        """Return the schema of every named type."""
        found: dict[str, Any] = {name: self.schema_of(alias, top=True) for name, alias in self.aliases.items()}
        for kind in self.dicts:
            found[kind.__name__] = {
                "object": {
                    name: {"optional": self.schema_of(hint)} if optional else self.schema_of(hint)
                    for name, hint, optional in self.fields(kind)
                }
            }
        return found


def _label(line: str) -> str:
    """Name a tuple element: its comment's first word, or its type's name."""
    code, _, comment = line.partition("#")
    word = re.match(r"\s*(\w+)", comment) or re.match(r"\s*(\w+)", code)
    assert word is not None
    return word[1][0].lower() + word[1][1:]


def _is_command(kind: Any) -> bool:
    classes = get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)
    return all(getattr(one, "__module__", "").startswith(commands.__name__) for one in classes)


def text() -> str:
    """Return the file."""
    messages = Messages()
    lines = [
        "// Generated from hitl_widget/widget/wire/ by `npm run generate`. Do not edit.",
        "",
        'import type { Command } from "../store/command";',
        "",
        f"export const VERSION = {wire.VERSION};",
    ]
    for name, alias in messages.aliases.items():
        if get_origin(alias) is tuple:
            labelled = zip(messages.labels[name], get_args(alias), strict=True)
            body = "".join(f"  {label}: {messages.type_of(kind)},\n" for label, kind in labelled)
            lines += ["", f"export type {name} = [\n{body}];"]
        else:
            lines += ["", f"export type {name} = {messages.type_of(alias, top=True)};"]
    for kind in messages.dicts:
        fields = messages.fields(kind)
        body = "".join(
            f"  {name}{'?' if optional else ''}: {messages.type_of(hint)};\n" for name, hint, optional in fields
        )
        lines += ["", f"export interface {kind.__name__} {{\n{body}}}"]
    lines += ["", "/** What each message must look like; `protocol/validate.ts` reads it. */"]
    lines += [f"export const SCHEMA = {json.dumps(messages.schema(), indent=2, ensure_ascii=False)} as const;"]
    lines += client(messages)
    return "\n".join(lines) + "\n"


def client(messages: Messages) -> list[str]:
    """Return the lines of the requests: what each answers with, and a client with a method for each."""
    sent: dict[str, set[str]] = {"command": {"Readonly<Record<string, unknown>>"}}
    for one in messages.requests:
        for name, (hint, _) in one.arguments.items():
            if not _is_command(hint):
                sent.setdefault(name, set()).update(messages.type_of(hint).split(" | "))
    responses = {
        one.name: {"seconds": one.seconds, "response": messages.schema_of(one.response)} for one in messages.requests
    }
    lines = ["", "/** What each request is answered with, and how long its answer may take. */"]
    lines += [f"export const REQUESTS = {json.dumps(responses, indent=2)} as const;"]
    lines += [
        "",
        "export type RequestName = keyof typeof REQUESTS;",
        "",
        "/** A request as it is sent. */",
        "export interface Request {",
        '  readonly type: RequestName | "command";',
        "  readonly id: string;",
        *(f"  readonly {name}?: {' | '.join(sorted(kinds))};" for name, kinds in sorted(sent.items())),
        "}",
    ]
    lines += [
        "",
        "/** Sends a request and gives back its answer, checked by the schema; a signal that aborts cancels it. */",
        "export type Ask = (name: RequestName, body: object, signal?: AbortSignal) => Promise<unknown>;",
        "",
        "/** The requests of a page, a method for each. */",
        "export class Kernel {",
        "  constructor(private readonly ask: Ask) {}",
    ]
    for one in messages.requests:
        arguments = "".join(
            f"{name}{'' if default is inspect.Parameter.empty else '?'}: {messages.type_of(hint)}, "
            for name, (hint, default) in one.arguments.items()
        )
        body = f"{{ {', '.join(one.arguments)} }}" if one.arguments else "{}"
        response = messages.type_of(one.response)
        lines += [
            "",
            f"  {camel(one.name)}({arguments}signal?: AbortSignal): Promise<{response}> {{",
            f'    return this.ask("{one.name}", {body}, signal) as Promise<{response}>;',
            "  }",
        ]
    return [*lines, "}"]


def main(arguments: list[str]) -> int:
    """Write the file, or compare it with `--check`."""
    written = text()
    if "--check" in arguments:
        if not OUT.exists() or OUT.read_text(encoding="utf-8") != written:
            sys.stderr.write(f"{OUT.relative_to(HERE)} is out of date with widget/wire: run `npm run generate`.\n")
            return 1
        return 0
    OUT.write_text(written, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
