import { useEffect } from "preact/hooks";
import { Lead } from "../../components/Lead";
import { Segmented } from "../../components/Segmented";
import { Waiting } from "../../components/states";
import type { Explained } from "../../store/ui";
import { LEVELS } from "../../words/views";
import type { PanelProps } from "../context";
import { useResource } from "../useResource";
import { placesOf } from "./places";
import { TrialPicker } from "./TrialPicker";
import { ViewCard } from "./ViewCard";
import "./Explain.css";

/** Cards that are asked as soon as a level is opened. */
const AT_ONCE = 2;

/** Questions about models and the search, each on a card with its answer in words. */
export function Explain(props: PanelProps) {
  const { store, ui, reachable } = props;
  const session = store.session.value;
  const status = store.status.value;
  const { value: views, error } = useResource(store.explanations.views, 0, reachable);
  const usual = status?.preferred?.number ?? status?.best?.number ?? null;
  useEffect(() => {
    if (ui.explained.peek() === null && usual !== null) ui.explained.value = usual;
  }, [ui, usual]);
  if (session === null || status === null) return null;
  if (usual === null) {
    return <Waiting text="No model to explain yet." busy={status.phase === "running"} />;
  }
  if (views === null) {
    return (
      <div class="explain">
        <Waiting
          text={error === "" ? "Loading the explanations…" : `The explanations could not be loaded. ${error}`}
          busy={error === ""}
        />
        {error !== "" && (
          <button
            type="button"
            class="btn"
            disabled={!reachable}
            onClick={() => store.explanations.views.retry()}
          >
            Try again
          </button>
        )}
      </div>
    );
  }
  const levels = LEVELS.filter(({ level }) => views.offers.some((offer) => offer.level === level));
  const chosen = levels.find(({ level }) => level === ui.level.value) ?? levels[0];
  if (chosen === undefined) return <Waiting text="No explanations are available." busy={false} />;
  const explained: Explained = ui.explained.value ?? usual;
  const offers = views.offers.filter((offer) => offer.level === chosen.level);
  const places = placesOf(offers.map((offer) => offer.name));
  return (
    <div class="explain">
      <div class="explain-head">
        <Lead headline={chosen.lead} aside="" />
        <Segmented
          label="Level of explanation"
          choices={levels.map(({ level, label }) => ({ value: level, label }))}
          value={chosen.level}
          onChoose={(level) => {
            ui.level.value = level;
          }}
        />
      </div>
      {offers.some((offer) => offer.takes.includes("trial")) && (
        <TrialPicker
          store={store}
          session={session}
          status={status}
          explained={explained}
          onChoose={(next) => {
            ui.explained.value = next;
          }}
        />
      )}
      <div class="views">
        {offers.map((offer, i) => (
          <ViewCard
            key={offer.name}
            {...props}
            session={session}
            status={status}
            views={views}
            offer={offer}
            place={places[i] ?? "left"}
            explained={explained}
            atOnce={i < AT_ONCE}
          />
        ))}
      </div>
    </div>
  );
}
