import type { Value } from "../protocol/commands";
import type { FamilyInfo } from "../protocol/messages";
import type { Row } from "../store/row";

/** A hyperparameter by its bare name, which families may share: "learning_rate". */
export interface SharedSetting {
  readonly name: string;
  readonly label: string;
  /** Display names of the families that have it. */
  readonly families: readonly string[];
  /** By name of a family, its place in the values of a row. */
  readonly at: ReadonlyMap<string, number>;
}

const bare = (name: string) => name.slice(name.indexOf(".") + 1);

/** The hyperparameters of all families by their bare names, in the order of the families. */
export function sharedSettings(families: readonly FamilyInfo[]): ReadonlyMap<string, SharedSetting> {
  const found = new Map<string, { label: string; families: string[]; at: Map<string, number> }>();
  for (const family of families) {
    family.parameters.forEach((parameter, i) => {
      const name = bare(parameter.name);
      const fresh = {
        label: parameter.label || name,
        families: [] as string[],
        at: new Map<string, number>(),
      };
      const one = found.get(name) ?? fresh;
      one.families.push(family.label);
      one.at.set(family.name, i);
      found.set(name, one);
    });
  }
  return new Map([...found].map(([name, one]) => [name, { name, ...one }]));
}

/** The value of a hyperparameter in a trial; undefined if the family of the trial does not have it. */
export function settingOf(row: Row, setting: SharedSetting): Value | undefined {
  const at = setting.at.get(row.family);
  return at === undefined ? undefined : row.values[at];
}
