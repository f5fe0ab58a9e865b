import { useState } from "preact/hooks";
import { ViewChart } from "../../charts/ViewChart";
import { CodeLine, CodeToggle } from "../../components/Copy";
import type { IllustrationInfo } from "../../protocol/messages";
import type { PanelProps } from "../context";
import { useResource } from "../useResource";
import "./Illustration.css";

interface Props extends Pick<PanelProps, "store" | "dark" | "reachable"> {
  /** Key of the warning. */
  warning: string;
}

/** What a warning is about: a small chart, or rows side by side. */
export function Illustration({ store, dark, reachable, warning }: Props) {
  const [code, setCode] = useState(false);
  const version = store.status.value?.warnings_version ?? 0;
  const { value: info, error } = useResource(store.illustrations.of(warning), version, reachable);
  if (info === null) {
    return (
      <p class="mute" role="status">
        {error === "" ? "Drawing…" : `The evidence could not be loaded. ${error}`}
      </p>
    );
  }
  return (
    <figure class="illustration">
      <figcaption class="card-head">
        <span class="mute">{info.caption}</span>
        <CodeToggle shown={code} onToggle={setCode} />
      </figcaption>
      {code && <CodeLine code={info.python} label="Copy" />}
      {info.chart === "" ? <Table info={info} /> : <Chart info={info} dark={dark} />}
    </figure>
  );
}

function Chart({ info, dark }: { info: IllustrationInfo; dark: boolean }) {
  return (
    <div class="illustration-chart">
      {info.up !== "" && <span class="faint">{info.up}</span>}
      <ViewChart
        key={info.chart}
        name={info.chart}
        data={{ rows: info.data }}
        signals={{ dates: info.dates }}
        dark={dark}
        description={info.caption}
      />
      {info.across !== "" && <span class="faint across">{info.across}</span>}
    </div>
  );
}

function Table({ info }: { info: IllustrationInfo }) {
  const marked = new Set(info.marked);
  return (
    <div class="view-scroll">
      <table>
        <thead>
          <tr>
            {info.header.map((name) => (
              <th key={name} scope="col" class={marked.has(name) ? "marked" : ""}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {info.cells.map((row, i) => (
            <tr key={i} class={i > 0 && info.sets[i] !== info.sets[i - 1] ? "next-set" : ""}>
              {row.map((cell, k) => (
                <td key={k} class={marked.has(info.header[k] ?? "") ? "marked" : ""} title={cell}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
