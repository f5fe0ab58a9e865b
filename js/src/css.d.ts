declare module "*.css";
/** The style sheet of everything that a module of `src/` shows, as build.mjs collects it. */
declare module "styles:*" {
  const text: string;
  export default text;
}
