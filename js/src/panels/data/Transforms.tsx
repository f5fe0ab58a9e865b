import { useState } from "preact/hooks";
import { CodeLine } from "../../components/Copy";
import type { DataInfo } from "../../protocol/messages";
import type { PanelProps } from "../context";
import "./Transforms.css";

/** Columns of the person's own making. */
export function Transforms({ info, act, reachable }: PanelProps & { info: DataInfo }) {
  const [adding, setAdding] = useState(false);
  const { transforms } = info;
  return (
    <section class="card transforms" aria-labelledby="hitl-q-transforms">
      <h3 id="hitl-q-transforms">Are there columns of your own?</h3>
      {transforms.length === 0 && <p class="say">None yet. A function of yours can make more of them.</p>}
      {transforms.length > 0 && (
        <ul>
          {transforms.map(({ name, columns, what }) => (
            <li key={name}>
              <span>
                <b>{name}</b>{" "}
                <span class="mute">
                  {what === "" ? "" : `${what}, `}from {columns.join(", ")}
                </span>
              </span>
              <button
                type="button"
                class="btn quiet small"
                disabled={!reachable}
                aria-label={`Remove ${name}`}
                onClick={() => act({ type: "remove_transform", name })}
              >
                Remove
              </button>
            </li>
          ))}
        </ul>
      )}
      <button type="button" class="btn link" aria-expanded={adding} onClick={() => setAdding(!adding)}>
        + add one in Python
      </button>
      {adding && (
        <>
          <p class="mute">
            A function that takes a table of these columns and gives new ones, or a scikit-learn transformer;
            it is fitted on the training rows of each fold only.
          </p>
          <CodeLine code={info.python} label="copy" />
        </>
      )}
    </section>
  );
}
