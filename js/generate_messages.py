"""Write what a page knows of the kernel, from Python's declarations.

`messages.ts` holds the messages of `hitl_widget/widget/wire/` and what each must look like, `kernel.ts` a client with a
method for each request, `commands.ts` a type and a builder for each command that a page may send. Run it with a Python
that has hitl_widget. With `--check`, fail when a file is not what would be written.
"""

from __future__ import annotations

import ast
import enum
import importlib
import inspect
import json
import pkgutil
import re
import sys
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from hitl_widget.domain.commands import COMMANDS, Command, json_types  # noqa: E402
from hitl_widget.domain.space import Value  # noqa: E402
from hitl_widget.widget import wire  # noqa: E402
from hitl_widget.widget.publisher import Publisher  # noqa: E402
from hitl_widget.widget.requests import Declaration, Requests, declarations  # noqa: E402

OUT = HERE / "src" / "protocol"
HEADER = "// Generated from Python by `npm run generate`. Do not edit.\n"
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
        if kind == Value:
            return "Value"
        if is_typeddict(kind):
            return str(kind.__name__)
        return next((name for name, alias in self.aliases.items() if alias == kind), None)

    def fields(self, kind: Any) -> list[tuple[str, Any, bool]]:
        """Return the keys of a message: name, type, and whether it may be missing."""
        hints = get_type_hints(kind, vars(sys.modules[kind.__module__]), include_extras=True)
        optional = kind.__optional_keys__
        return [(name, hint, name in optional or get_origin(hint) is NotRequired) for name, hint in hints.items()]

    def type_of(self, kind: Any, *, top: bool = False) -> str:
        """Return a type as TypeScript writes it."""
        if not top and (name := self.named(kind)):
            return name
        origin, args = get_origin(kind), get_args(kind)
        if _is_command(kind):
            return _command_type(kind)
        if origin is NotRequired:
            return self.type_of(args[0])
        if origin is Annotated:
            return f"Partial<{args[1].message}>"
        if kind is Any:
            return "unknown"
        if kind in PLAIN:
            return PLAIN[kind]
        if origin is Literal:
            return " | ".join(json.dumps(value) for value in args)
        if origin in (Union, types.UnionType):
            return " | ".join(dict.fromkeys(self.type_of(arg) for arg in args))
        if _is_enum(kind):
            return " | ".join(json.dumps(one.value) for one in kind) if top else str(kind.__name__)
        if origin in (list, tuple):
            inner = self.type_of(args[0])
            items = f"({inner})[]" if "|" in inner or " " in inner else f"{inner}[]"
            return items if origin is list else f"readonly {items}"
        if origin in (dict, Mapping):
            kinds = f"Record<{self.type_of(args[0])}, {self.type_of(args[1])}>"
            return kinds if origin is dict else f"Readonly<{kinds}>"
        raise TypeError(f"No TypeScript for {kind!r}; teach generate_messages.py.")

    def schema_of(self, kind: Any, *, top: bool = False) -> Any:
        """Return what a value of a type must look like, for `protocol/validate.ts`."""
        if not top and (name := self.named(kind)):
            return {"ref": name}
        origin, args = get_origin(kind), get_args(kind)
        if origin is NotRequired:
            return self.schema_of(args[0])
        if origin is Annotated:
            return {"part": args[1].message}
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
            return "object" if args[1] is Any else {"map": self.schema_of(args[1])}
        raise TypeError(f"No schema for {kind!r}; teach generate_messages.py.")

    def schema(self) -> dict[str, Any]:
        """Return the schema of every named type."""
        found: dict[str, Any] = {"Value": self.schema_of(Value, top=True)}
        found |= {name: self.schema_of(alias, top=True) for name, alias in self.aliases.items()}
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
    return inspect.isclass(kind) and issubclass(kind, Command)


def _is_enum(kind: Any) -> bool:
    return inspect.isclass(kind) and issubclass(kind, enum.Enum)


def _command_type(kind: Any) -> str:
    return "Command" if kind is Command else f"{kind.__name__}Command"


def messages_ts(messages: Messages) -> str:
    """Return the types of the messages and their schema."""
    names = [*messages.aliases, *(kind.__name__ for kind in messages.dicts)]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise TypeError(f"Two messages are called {twice}; rename one of them.")
    lines = [HEADER, 'import type { Value } from "./commands";', "", f"export const VERSION = {wire.VERSION};"]
    for name, alias in messages.aliases.items():
        if get_origin(alias) is tuple:
            labelled = zip(messages.labels[name], get_args(alias), strict=True)
            body = "".join(f"  {label}: {messages.type_of(kind)},\n" for label, kind in labelled)
            lines += ["", f"export type {name} = [\n{body}];"]
        else:
            lines += ["", f"export type {name} = {messages.type_of(alias, top=True)};"]
    for kind in messages.dicts:
        lines += ["", interface(messages, kind)]
    lines += ["", "/** What each message must look like; `protocol/validate.ts` reads it. */"]
    lines += [f"export const SCHEMA = {json.dumps(messages.schema(), indent=2, ensure_ascii=False)} as const;"]
    return "\n".join(lines) + "\n"


def interface(messages: Messages, kind: Any) -> str:
    """Return a `TypedDict` as an interface."""
    body = "".join(
        f"  {name}{'?' if optional else ''}: {messages.type_of(hint)};\n"
        for name, hint, optional in messages.fields(kind)
    )
    return f"export interface {kind.__name__} {{\n{body}}}"


def kernel_ts(messages: Messages) -> str:
    """Return the client: what each request is answered with, and a method for each."""
    answers = {
        one.name: {"seconds": one.seconds, "response": messages.schema_of(one.response)} for one in messages.requests
    }
    sent: dict[str, set[str]] = {"command": {"Readonly<Record<string, unknown>>"}}
    methods, types_used, commands_used = [], set(), set()
    for one in messages.requests:
        arguments = ""
        for name, (hint, default) in one.arguments.items():
            kind = messages.type_of(hint)
            arguments += f"{name}{'' if default is inspect.Parameter.empty else '?'}: {kind}, "
            if _is_command(hint):
                commands_used.add(kind)
            else:
                sent.setdefault(name, set()).update(kind.split(" | "))
                types_used |= set(re.findall(r"\b[A-Z]\w+", kind)) - {"Record"}
        response = messages.type_of(one.response)
        types_used |= set(re.findall(r"\b[A-Z]\w+", response))
        body = f"{{ {', '.join(one.arguments)} }}" if one.arguments else "{}"
        methods += [
            "",
            f"  {camel(one.name)}({arguments}signal?: AbortSignal): Promise<{response}> {{",
            f'    return this.ask("{one.name}", {body}, signal) as Promise<{response}>;',
            "  }",
        ]
    lines = [
        HEADER,
        f'import type {{ {", ".join(sorted(commands_used))} }} from "./commands";',
        f'import type {{ {", ".join(sorted(types_used))} }} from "./messages";',
        "",
        "/** What each request is answered with, and how long the answer may take. */",
        f"export const REQUESTS = {json.dumps(answers, indent=2)} as const;",
        "",
        "export type RequestName = keyof typeof REQUESTS;",
        "",
        "/** A request as it is sent. */",
        "export interface Request {",
        '  readonly type: RequestName | "command";',
        "  readonly id: string;",
        *(f"  readonly {name}?: {' | '.join(sorted(kinds))};" for name, kinds in sorted(sent.items())),
        "}",
        "",
        "/** Sends a request and gives back its answer, checked by the schema; a signal that aborts cancels it. */",
        "export type Ask = (name: RequestName, body: object, signal?: AbortSignal) => Promise<unknown>;",
        "",
        "/** The requests of a page, a method for each. */",
        "export class Kernel {",
        "  constructor(private readonly ask: Ask) {}",
        *methods,
        "}",
    ]
    return "\n".join(lines) + "\n"


def commands_ts(messages: Messages) -> str:
    """Return a type and a builder for each command that a page may send; builders fill in the defaults."""
    sent = {name: cls for name, cls in COMMANDS.items() if cls.spec.page}
    parts: dict[str, Any] = {}
    types_, builders = [], []
    for name, cls in sent.items():
        kinds = json_types(cls)
        defaults = {one.name: _default(one) for one in fields(cls) if one.name in kinds}  # type: ignore[arg-type]
        given = {key: value for key, value in defaults.items() if value is not MISSING}
        for kind in kinds.values():
            parts |= {one.__name__: one for one in _named_in(kind)}
        body = "".join(f"  {field}: {messages.type_of(kind)};\n" for field, kind in kinds.items())
        types_ += ["", f'export interface {cls.__name__}Command {{\n  type: "{name}";\n{body}}}']
        filled = "".join(f" {key}: {json.dumps(value)}," for key, value in given.items())
        made = f"{cls.__name__}Command"
        head, body = f"  {camel(name)}: ", f'({{ type: "{name}",{filled} ...given }}),'
        if not kinds:
            builders.append(f'{head}(): {made} => ({{ type: "{name}" }}),')
            continue
        names = ", " + " | ".join(map(json.dumps, given)) if given else ""
        none = " = {}" if set(given) == set(kinds) else ""
        builders.append(f"{head}(given: Given<{made}{names}>{none}): {made} => {body}")
    lines = [
        HEADER,
        f"/** A value of a hyperparameter. */\nexport type Value = {messages.type_of(Value, top=True)};",
        *(line for one in parts.values() for line in ("", _part(messages, one))),
        *types_,
        "",
        "export type Command =",
        *(f"  | {cls.__name__}Command" for cls in sent.values()),
    ]
    lines[-1] += ";"
    lines += [
        "",
        "/** The fields of a command without its type; those with a default may be missing. */",
        'type Given<C, Optional extends keyof C = never> = Omit<C, "type" | Optional> & Partial<Pick<C, Optional>>;',
        "",
        "/** Builders of commands. */",
        "export const commands = {",
        *builders,
        "};",
    ]
    return "\n".join(lines) + "\n"


def _part(messages: Messages, kind: Any) -> str:
    if _is_enum(kind):
        return f"export type {kind.__name__} = {messages.type_of(kind, top=True)};"
    return interface(messages, kind)


def _default(field: Any) -> Any:
    if field.default is not MISSING:
        return field.default
    return MISSING if field.default_factory is MISSING else field.default_factory()


def _named_in(kind: Any) -> list[Any]:
    """Return the `TypedDict` classes and enumerations in a type."""
    if is_typeddict(kind) or _is_enum(kind):
        return [kind]
    return [found for part in get_args(kind) for found in _named_in(part)]


def main(arguments: list[str]) -> int:
    """Write the files, or compare them with `--check`."""
    messages = Messages()
    written = {
        "messages.ts": messages_ts(messages),
        "kernel.ts": kernel_ts(messages),
        "commands.ts": commands_ts(messages),
    }
    for name, text in written.items():
        file = OUT / name
        if "--check" not in arguments:
            file.write_text(text, encoding="utf-8")
        elif not file.exists() or file.read_text(encoding="utf-8") != text:
            sys.stderr.write(f"{file.relative_to(HERE)} is out of date: run `npm run generate`.\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
