/** The signals that every chart has for its colours (`hitl_widget/charts/theme.py`), and the CSS variable behind each. */
const COLOURS = {
  ink: "--ink",
  paper: "--paper",
  faint: "--ink-3",
  hairline: "--line",
  you: "--you",
  machine: "--machine",
} as const;

export type Colours = Record<keyof typeof COLOURS, string>;

export function colours(element: Element): Colours {
  const style = getComputedStyle(element);
  const entries = Object.entries(COLOURS).map(([name, variable]) => [name, resolve(style, variable)]);
  return Object.fromEntries(entries) as Colours;
}

export function familyHue(style: CSSStyleDeclaration, colour: string): string {
  return resolve(style, `--f-${colour}`) || resolve(style, "--f-base");
}

function resolve(style: CSSStyleDeclaration, variable: string): string {
  return style.getPropertyValue(variable).trim();
}
