import { Lead } from "../../components/Lead";
import { Strip } from "../../components/Strip";
import { Waiting } from "../../components/states";
import { Challenge } from "../Challenge";
import type { PanelProps } from "../context";
import { Nudges } from "../Nudges";
import { Front } from "./Front";
import { Learned } from "./Learned";
import { Objectives } from "./Objectives";
import { Question } from "./Question";
import "./Preferences.css";

/** The user's preferences: pairs to compare, goals, constraints, and the utility learned from them. */
export function Preferences(props: PanelProps) {
  const { store } = props;
  const session = store.session.value;
  const status = store.status.value;
  const info = store.preferences.value.value;
  const error = store.preferences.error.value;
  if (session === null || status === null) return null;
  if (info === null) {
    return (
      <Waiting
        text={error === "" ? "Loading your preferences…" : `Your preferences could not be loaded. ${error}`}
        busy={error === ""}
      />
    );
  }
  const panel = { ...props, info, session };
  return (
    <div class="prefs" tabIndex={-1}>
      <Lead headline={info.sentence} aside="" />
      <Nudges {...props} />
      {error !== "" && <Strip tone="plain">This may be out of date. {error}</Strip>}
      <Question {...panel} />
      <div class="two wide">
        <Learned {...panel} />
        <Objectives {...panel} />
      </div>
      <Front {...panel} />
      <Challenge {...props} />
    </div>
  );
}
