import { useRef, useState } from "preact/hooks";
import type { SessionInfo, Status } from "../../protocol/messages";
import type { PanelProps } from "../context";
import { ViewCard } from "../explain/ViewCard";
import { useResource } from "../useResource";

interface Props extends PanelProps {
  session: SessionInfo;
  status: Status;
}

/** The correlations of the columns, which a worker computes when they are asked for. */
export function Correlation(props: Props) {
  const [asked, setAsked] = useState(false);
  if (asked) return <Computed {...props} />;
  return (
    <section class="card correlation" aria-labelledby="hitl-q-correlation">
      <h3 id="hitl-q-correlation">Which columns are correlated?</h3>
      <button type="button" class="btn" disabled={!props.reachable} onClick={() => setAsked(true)}>
        Compute correlations
      </button>
    </section>
  );
}

function Computed(props: Props) {
  const { store, ui, reachable } = props;
  const [code, setCode] = useState(false);
  const led = useRef(true);
  const { value: views, error } = useResource(store.explanations.views, 0, reachable);
  const offer = views?.offers.find((one) => one.name === "correlation");
  if (views === null || offer === undefined) return error === "" ? null : <p class="oops">{error}</p>;
  return (
    <ViewCard
      {...props}
      views={views}
      offer={offer}
      explained="ensemble"
      led={led}
      code={code}
      onCode={setCode}
      onLead={(question) => {
        ui.question.value = question;
        ui.tab.value = "explain";
      }}
    />
  );
}
