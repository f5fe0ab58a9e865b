import { useState } from "preact/hooks";
import { CodeLine } from "../../components/Copy";
import type { DataInfo } from "../../protocol/messages";
import type { PanelProps } from "../context";
import "./Transforms.css";

/** Columns computed by the user's transforms. */
export function Transforms({ info, act, reachable }: PanelProps & { info: DataInfo }) {
  const [adding, setAdding] = useState(false);
  const { transforms } = info;
  return (
    <section class="card transforms" aria-labelledby="hitl-q-transforms">
      <h3 id="hitl-q-transforms">Your own columns</h3>
      {transforms.length === 0 && <p class="say">None yet. A function can derive new columns.</p>}
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
        + Add a column in Python
      </button>
      {adding && (
        <>
          <p class="mute">
            Give a function that takes a table of these columns and returns new ones, or a scikit-learn
            transformer. It is fitted on the training rows of each fold only.
          </p>
          <CodeLine code={info.python} label="Copy" />
        </>
      )}
    </section>
  );
}
