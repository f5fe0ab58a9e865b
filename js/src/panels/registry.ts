import { data } from "./data/panel";
import { explain } from "./explain/panel";
import { journal } from "./journal/panel";
import { overview } from "./overview/panel";
import type { Panel } from "./panel";
import { preferences } from "./preferences/panel";
import { space } from "./space/panel";
import { trials } from "./trials/panel";

/** The panels, in the order of their tabs. */
export const PANELS: readonly Panel[] = [overview, trials, space, preferences, explain, data, journal];
