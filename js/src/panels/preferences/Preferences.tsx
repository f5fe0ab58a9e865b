import { Lead } from "../../components/Lead";
import { Strip } from "../../components/Strip";
import { Waiting } from "../../components/states";
import { Challenge } from "../Challenge";
import type { PanelProps } from "../context";
import { Nudges } from "../Nudges";
import { Audit } from "./Audit";
import { Front } from "./Front";
import { Learnt } from "./Learnt";
import { Matters } from "./Matters";
import { Question } from "./Question";
import "./Preferences.css";

/** What good means to the person: asked in pairs, said by goals and limits, learnt in between. */
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
        <Learnt {...panel} />
        <Matters {...panel} />
      </div>
      <Front {...panel} />
      <Challenge {...props} />
      <Audit {...panel} />
    </div>
  );
}
