import { isBroad } from "../../charts/views";

/** Where a card is if there are two columns. */
export type Place = "left" | "right" | "broad";

/** Cards take turns at the left and at the right, anew after each that takes the full width. */
export function placesOf(names: readonly string[]): Place[] {
  let turn = 0;
  return names.map((name) => {
    if (isBroad(name)) {
      turn = 0;
      return "broad";
    }
    turn += 1;
    return turn % 2 === 1 ? "left" : "right";
  });
}
