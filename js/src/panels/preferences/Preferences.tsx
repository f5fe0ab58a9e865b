import { Lead } from "../../components/Lead";
import { Strip } from "../../components/Strip";
import { Waiting } from "../../components/states";
import { ChallengeBody, challengeOf, SIMPLER } from "../Challenge";
import type { PanelProps } from "../context";
import { Nudges } from "../Nudges";
import { Folded } from "./Folded";
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
  const challenge = challengeOf(props);
  const panel = { ...props, info, session };
  return (
    <div class="prefs" tabIndex={-1}>
      <Lead headline={info.sentence} aside="" />
      {error !== "" && <Strip tone="plain">This may be out of date. {error}</Strip>}
      <Question {...panel} />
      <Nudges {...props} />
      <Learned {...panel} />
      <Objectives {...panel} />
      <Front {...panel} />
      {challenge !== null && (
        <Folded
          ui={props.ui}
          id="simpler"
          title={SIMPLER}
          note={challenge.sentence}
          begins={false}
          class="challenge"
        >
          <ChallengeBody {...props} />
        </Folded>
      )}
    </div>
  );
}
