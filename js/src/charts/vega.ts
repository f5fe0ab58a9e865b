import type { Spec } from "vega";
import { changeset, transforms } from "vega-dataflow";
import * as encode from "vega-encode";
import { expressionInterpreter } from "vega-interpreter";
import { parse } from "vega-parser";
import * as basic from "vega-transforms";
import { View } from "vega-view";
import * as layout from "vega-view-transforms";

// Vega's parts that our charts use: maps, forces, hierarchies and the like would be a fifth of the bundle.
Object.assign(transforms, basic, layout, encode);

/** A specification as a view runs it. */
export type Runtime = ReturnType<typeof parse>;

/** Parses a specification for a view without `eval`: expressions are interpreted, as strict pages require. */
export function parsed(spec: Spec): Runtime {
  return parse(spec, {}, { ast: true });
}

export function createView(spec: Spec, container: HTMLElement): View {
  return viewOf(parsed(spec), container);
}

export function viewOf(runtime: Runtime, container: HTMLElement): View {
  return new View(runtime, {
    container,
    renderer: "canvas",
    hover: false,
    expr: expressionInterpreter,
    logLevel: 0,
  } as ConstructorParameters<typeof View>[1]);
}

/** Replaces all rows of a dataset. */
export function replace(view: View, name: string, values: readonly object[]): void {
  const change = changeset()
    .remove(() => true)
    .insert([...values]);
  view.change(name, change);
}

export type { Spec, View };
