import type { RefObject } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { useCharts } from "../../charts/charts";
import { isDrawn } from "../../charts/views";
import { CodeLine, CodeToggle } from "../../components/Copy";
import type { SessionInfo, Status, ViewInfo, ViewOffer, Views } from "../../protocol/messages";
import type { Options } from "../../store/explanations";
import { type Explained, SHARED } from "../../store/ui";
import { pythonLine } from "../../words/views";
import type { PanelProps } from "../context";
import { useExplanation } from "../useExplanation";
import { Controls } from "./Controls";
import { Picked } from "./Picked";
import { Progress } from "./Progress";
import { pickOf, type Target } from "./picks";
import { RowsTable } from "./RowsTable";
import { WhatIf } from "./WhatIf";
import "./ViewCard.css";

interface Props extends PanelProps {
  session: SessionInfo;
  status: Status;
  views: Views;
  offer: ViewOffer;
  explained: Explained;
  /** True when a link led here: the card takes the focus. */
  led: RefObject<boolean>;
  /** True while the line of Python is shown. */
  code: boolean;
  onCode(shown: boolean): void;
  /** Opens another question. */
  onLead(name: string): void;
}

const NONE: Options = {};

/** One question: its answer in words, its chart, its notes, and the equivalent line of Python. */
export function ViewCard(props: Props) {
  const { store, ui, dark, reachable, session, status, views, offer, explained, led, code } = props;
  const { explanations } = store;
  const box = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    if (!led.current) return;
    led.current = false;
    box.current?.scrollIntoView?.({ block: "nearest" });
    box.current?.focus({ preventScroll: true });
  }, [led]);
  const asked = ui.asked.value;
  const own = (Object.hasOwn(asked, offer.name) ? asked[offer.name] : undefined) ?? NONE;
  const row = offer.takes.includes("row") ? asked[SHARED]?.row : undefined;
  const trial = offer.takes.includes("trial") ? explained : undefined;
  const options = useMemo(() => ({ ...own, row, trial }), [own, row, trial]);
  const stamp = useStamp(offer, status, explained);
  const { explanation, info, stale } = useExplanation(explanations, offer.name, options, stamp, reachable);
  const [picked, setPicked] = useState<Target | null>(null);
  const pick = (one: Target) => {
    if (one.to === "trial") {
      ui.drawer.value = { show: "trial", number: one.trial };
      return;
    }
    if (picked?.to !== "rows" || one.to !== "row") setPicked(one);
    if (one.to === "row") change("row", one.row);
    if (one.to === "column") {
      const now = { ...ui.asked.peek() };
      for (const { name, takes } of views.offers) {
        if (takes.includes("column")) now[name] = { ...now[name], column: one.column };
      }
      ui.asked.value = now;
    }
  };
  const change = (name: string, value: unknown) => {
    if (name === "row") {
      ui.askRow(value);
      return;
    }
    const now = ui.asked.peek();
    ui.asked.value = { ...now, [offer.name]: { ...now[offer.name], [name]: value } };
  };
  const id = `hitl-view-${offer.name}`;
  const busy = explanation.state === "asking" || explanation.state === "waiting";
  return (
    <section
      ref={box}
      class="card view"
      aria-labelledby={id}
      aria-busy={busy}
      data-view={offer.name}
      tabIndex={-1}
    >
      <div class="card-head">
        <h3 id={id}>{info !== null && !stale ? info.question : offer.question}</h3>
        {info !== null && <CodeToggle shown={code} onToggle={props.onCode} />}
      </div>
      {code && info !== null && <CodeLine code={pythonLine(offer, options, info)} label="Copy" />}
      {info !== null && (
        <Controls
          offer={offer}
          info={info}
          options={options}
          views={views}
          session={session}
          onChange={change}
        />
      )}
      <div class={stale ? "answer-part stale" : "answer-part"} aria-live="polite">
        {info !== null && (
          <Answer
            info={info}
            session={session}
            dark={dark}
            leads={(datum) => pickOf(offer, datum, views) !== null}
            onPick={(datum) => {
              const one = pickOf(offer, datum, views);
              if (one !== null) pick(one);
            }}
          />
        )}
      </div>
      {picked !== null && info !== null && (
        <Picked picked={picked} row={asked[SHARED]?.row} onPick={pick} onLead={props.onLead} />
      )}
      {offer.takes.includes("changes") && info !== null && (
        <WhatIf
          key={`${String(info.about.trial)} ${String(info.about.row)}`}
          info={info}
          changes={(own.changes ?? {}) as Options}
          onChange={(changes) => change("changes", changes)}
        />
      )}
      <Progress
        explanation={explanation}
        reachable={reachable}
        onAsk={() => explanations.again(offer.name, options, stamp)}
        onStop={() => explanations.stop(offer.name, options)}
      />
      {explanation.state === "done" && explanation.stamp !== stamp && (
        <p class="view-progress">
          <span class="faint">Newer trials have finished.</span>
          <button
            type="button"
            class="btn quiet small"
            disabled={!reachable}
            onClick={() => explanations.again(offer.name, options, stamp)}
          >
            Update
          </button>
        </p>
      )}
      {info !== null && <More offer={offer} info={info} views={views} onPick={pick} />}
    </section>
  );
}

/** A stamp that changes with the trials and acts behind an answer; constant for a view of one trial. */
function useStamp(offer: ViewOffer, status: Status, explained: Explained): number {
  if (offer.takes.includes("trial") && explained !== "ensemble") return 0;
  const { complete, stopped, failed } = status.counts;
  return 1e4 * (complete + stopped + failed) + status.history_version;
}

interface AnswerProps {
  info: ViewInfo;
  session: SessionInfo;
  dark: boolean;
  leads(datum: unknown): boolean;
  onPick(datum: unknown): void;
}

function Answer({ info, session, dark, leads, onPick }: AnswerProps) {
  const { View } = useCharts();
  const [first = "", ...rest] = info.sentences;
  const charts = info.charts.filter(isDrawn);
  const alone = Object.hasOwn(info.data, "what_if") && (info.data.what_if?.length ?? 0) < 2;
  const filled = !alone && Object.values(info.data).some((rows) => rows.length > 0);
  const signals = {
    percent: session.kind !== "regression",
    dates: info.about.kind === "date",
    sign: session.metric.sign,
  };
  return (
    <>
      <p class="view-first">{first}</p>
      {rest.length > 0 && <p class="mute view-rest">{rest.join(" ")}</p>}
      {filled &&
        charts.map((name) => (
          <View
            key={name}
            name={name}
            data={info.data}
            signals={signals}
            dark={dark}
            description={info.sentences.join(" ")}
            leads={leads}
            onPick={onPick}
          />
        ))}
      {filled && charts.length === 0 && <RowsTable data={info.data} />}
    </>
  );
}

interface MoreProps {
  offer: ViewOffer;
  info: ViewInfo;
  views: Views;
  onPick(pick: Target): void;
}

/** Notes, the concept, and the rows behind the chart, all folded. */
function More({ offer, info, views, onPick }: MoreProps) {
  const [rows, setRows] = useState(false);
  const concept = Object.hasOwn(views.concepts, info.concept) ? views.concepts[info.concept] : undefined;
  const filled = Object.values(info.data).some((found) => found.length > 0);
  const drawn = info.charts.some(isDrawn);
  return (
    <div class="view-more">
      {info.notes.length > 0 && (
        <details>
          <summary>{info.notes.length === 1 ? "1 note" : `${info.notes.length} notes`}</summary>
          <ul class="notes">
            {info.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </details>
      )}
      {concept !== undefined && (
        <details>
          <summary>What does this mean?</summary>
          <p>
            <b>
              {concept.title}
              {concept.title.endsWith("?") ? "" : "."}
            </b>{" "}
            {concept.text}
          </p>
        </details>
      )}
      {filled && drawn && (
        <details onToggle={(event) => setRows(event.currentTarget.open)}>
          <summary>Data behind the chart</summary>
          {rows && <RowsTable data={info.data} offer={offer} bounds={views} onPick={onPick} />}
        </details>
      )}
    </div>
  );
}
