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

/** Makes a view that needs no `eval`: expressions are interpreted, as strict pages ask. */
export function createView(spec: Spec, container: HTMLElement): View {
  const runtime = parse(spec, {}, { ast: true });
  return new View(runtime, {
    container,
    renderer: "canvas",
    hover: false,
    expr: expressionInterpreter,
    logLevel: 0,
  } as ConstructorParameters<typeof View>[1]);
}

/** A data set whole, in place of what was there. */
export function replace(view: View, name: string, values: readonly object[]): void {
  const change = changeset()
    .remove(() => true)
    .insert([...values]);
  view.change(name, change);
}

export type { Spec, View };
