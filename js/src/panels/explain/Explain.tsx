import { useRef, useState } from "preact/hooks";
import { Waiting } from "../../components/states";
import type { SessionInfo, Status, ViewOffer, Views } from "../../protocol/messages";
import type { Explained } from "../../store/ui";
import type { PanelProps } from "../context";
import { useResource } from "../useResource";
import { Groups } from "./Groups";
import { QuestionIndex } from "./QuestionIndex";
import { GROUPS, topicsOf } from "./questions";
import { TrialPicker } from "./TrialPicker";
import { ViewCard } from "./ViewCard";
import "./Explain.css";

/** Questions about models and the search: an index of them, and the answer to one. */
export function Explain(props: PanelProps) {
  const { store, reachable } = props;
  const session = store.session.value;
  const status = store.status.value;
  const { value: views, error } = useResource(store.explanations.views, 0, reachable);
  if (session === null || status === null) return null;
  const recommended = status.preferred?.number ?? status.best?.number ?? null;
  if (recommended === null) {
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
  return <Loaded {...props} session={session} status={status} views={views} recommended={recommended} />;
}

function aboutWords(offer: ViewOffer): string {
  if (offer.takes.includes("trials")) {
    return "This question is about two models. To compare others, choose them in Trials.";
  }
  return `This question is about the ${offer.level === "data" ? "data" : "whole search"}, not about one model.`;
}

interface Props extends PanelProps {
  session: SessionInfo;
  status: Status;
  views: Views;
  /** The trial that is explained while none is pinned. */
  recommended: number;
}

function Loaded(props: Props) {
  const { store, ui, session, status, views, recommended } = props;
  const [code, setCode] = useState(false);
  /** The next card takes the focus, because a link led to it. */
  const led = useRef(false);
  /** The first line of the answer, which a question far down the list may have left out of sight. */
  const answer = useRef<HTMLSpanElement>(null);
  const preferences = store.preferences.value.value;
  const topics = topicsOf(views.offers, (preferences?.groups.length ?? 0) > 0);
  const order = topics.flatMap((one) => one.questions);
  const at = Math.max(
    0,
    order.findIndex((one) => one.name === ui.question.value),
  );
  const chosen = order[at];
  if (chosen === undefined) return <Waiting text="No explanations are available." busy={false} />;
  const next = order[at + 1];
  const offer = views.offers.find((one) => one.name === chosen.name);
  const wanted: Explained = ui.explained.value ?? recommended;
  const alone = wanted === "ensemble" && offer?.takes.includes("trial") === true && !offer.ensemble;
  const explained: Explained = alone ? recommended : wanted;
  const choose = (name: string) => {
    ui.question.value = name;
    answer.current?.scrollIntoView?.({ block: "nearest" });
  };
  const lead = (name: string) => {
    led.current = true;
    choose(name);
  };
  return (
    <div class="explain">
      {offer === undefined || offer.takes.includes("trial") ? (
        <TrialPicker
          store={store}
          session={session}
          status={status}
          recommended={recommended}
          pinned={ui.explained.value}
          onPin={(one) => {
            ui.explained.value = one;
          }}
        />
      ) : (
        <p class="explained mute">{aboutWords(offer)}</p>
      )}
      <div class="explain-body">
        <QuestionIndex topics={topics} chosen={chosen.name} onChoose={choose} />
        <div class="answer">
          <span ref={answer} class="answer-top" />
          {alone && (
            <p class="mute">
              This question is about one model, not the ensemble. It is answered for #{recommended}.
            </p>
          )}
          {offer !== undefined && (
            <ViewCard
              key={offer.name}
              {...props}
              offer={offer}
              explained={explained}
              led={led}
              code={code}
              onCode={setCode}
              onLead={lead}
            />
          )}
          {chosen.name === GROUPS && preferences !== null && (
            <Groups
              {...props}
              info={preferences}
              question={chosen.question}
              explained={explained}
              code={code}
              onCode={setCode}
            />
          )}
          {next !== undefined && (
            <button type="button" class="btn quiet next-question" onClick={() => lead(next.name)}>
              <span class="mute">Next:</span> {next.question} ›
            </button>
          )}
        </div>
      </div>
    </div>
  );
}
