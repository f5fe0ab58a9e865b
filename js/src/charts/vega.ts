import { parse, type Spec, View } from "vega";
import { expressionInterpreter } from "vega-interpreter";

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
