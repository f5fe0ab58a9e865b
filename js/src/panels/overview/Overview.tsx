import { useMemo } from "preact/hooks";
import { Chips } from "../../components/Chips";
import { Lead } from "../../components/Lead";
import { Strip } from "../../components/Strip";
import { Ready } from "../../components/states";
import type { SessionInfo, Status } from "../../protocol/messages";
import { byName } from "../../words/trial";
import { Challenge } from "../Challenge";
import type { PanelProps } from "../context";
import { WarningsLine } from "../data/WarningsLine";
import { Nudges } from "../Nudges";
import { YourMove } from "../YourMove";
import { BestCard } from "./BestCard";
import { Hero, hasFigures } from "./Hero";
import { ImprovingCard } from "./ImprovingCard";
import { Outcome } from "./Outcome";
import { Questions } from "./Questions";
import "./Overview.css";

export function Overview(props: PanelProps) {
  const { store } = props;
  const session = store.session.value;
  const status = store.status.value;
  if (session === null || status === null) return null;
  return <Loaded {...props} session={session} status={status} />;
}

export interface LoadedProps extends PanelProps {
  session: SessionInfo;
  status: Status;
}

function Loaded(props: LoadedProps) {
  const { store, ui, reachable, session, status } = props;
  store.version.value;
  const families = useMemo(() => byName(session.families), [session]);
  const young = status.today.complete < 3;
  const sentence = store.steering.value?.sentence ?? session.sentence;
  const headline = status.headline || sentence;
  const own = () => {
    ui.drawer.value = { show: "form", parent: null, family: null };
  };
  return (
    <>
      <Lead headline={headline} aside={status.aside} />
      {young && !headline.includes(sentence) && <p class="understood">{sentence}</p>}
      <Chips chips={store.steering.value?.chips ?? []} />
      {status.notices.map((notice) => (
        <Strip key={notice.text} tone={notice.level}>
          <b>{notice.text}</b> {notice.remedy}
        </Strip>
      ))}
      {!hasFigures(status, families) && <WarningsLine {...props} />}
      <Hero {...props} families={families} />
      {hasFigures(status, families) && <Questions {...props} />}
      {status.notices.length === 0 && <Nudges {...props} />}
      <YourMove {...props} />
      <Outcome
        status={status}
        session={session}
        onResume={() => props.act({ type: "resume" })}
        onExplain={(trial) => {
          ui.explained.value = trial;
          ui.tab.value = "explain";
        }}
      />
      {store.rows.size === 0 && status.phase === "ready" ? (
        <Ready
          session={session}
          reachable={reachable}
          onStart={() => props.act({ type: "start" })}
          onOwn={own}
        />
      ) : (
        <div class="two">
          <ImprovingCard {...props} families={families} />
          <BestCard {...props} families={families} onOwn={own} />
        </div>
      )}
      <Challenge {...props} />
    </>
  );
}
