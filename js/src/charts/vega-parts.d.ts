// Vega's packages have no types; only the bundle has them.
declare module "vega-dataflow" {
  export { changeset } from "vega";
  export const transforms: Record<string, unknown>;
}
declare module "vega-encode" {}
declare module "vega-parser" {
  export { parse } from "vega";
}
declare module "vega-transforms" {}
declare module "vega-view" {
  export { View } from "vega";
}
declare module "vega-view-transforms" {}
