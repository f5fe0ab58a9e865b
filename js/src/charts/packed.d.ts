/** The specifications of explanations, packed by build.mjs. */
declare module "charts:views" {
  export const names: readonly string[];
  /** Base64 of deflated JSON: specifications by name. */
  export const packed: string;
}
