import { useContext, useEffect, useRef, useState } from "preact/hooks";
import { Breakable } from "./Breakable";
import "./Copy.css";
import { Python } from "./python";

/** Copies text to the clipboard, also on pages without the permission. */
export async function copyText(text: string, beside: Element): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.style.cssText = "position:absolute;opacity:0";
    beside.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

interface Props {
  text: string | (() => Promise<string>);
  label: string;
  class?: string;
}

export function CopyButton({ text, label, class: extra = "btn quiet small" }: Props) {
  const { copied } = useContext(Python);
  const [said, setSaid] = useState<string | null>(null);
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async (event: Event) => {
    const button = event.currentTarget as Element;
    let done = false;
    try {
      const code = await copied(typeof text === "string" ? text : await text());
      done = await copyText(code, button.parentElement ?? button);
    } catch {
      done = false;
    }
    setSaid(done ? "Copied" : "Not copied");
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setSaid(null), 1600) as unknown as number;
  };
  return (
    <button type="button" class={extra} onClick={copy}>
      <span aria-live="polite">{said ?? label}</span>
    </button>
  );
}

/** Places where a line of Python may go on in the next line: after a bracket or a comma, and before a dot. */
const BREAKS = /(?<=[([{,])|(?=\.[a-z_])/;

export function CodeLine({ code, label = "Copy as Python" }: { code: string; label?: string }) {
  const { shown } = useContext(Python);
  return (
    <div class="code">
      <code>
        <Breakable text={shown(code)} at={BREAKS} />
      </code>
      <CopyButton text={code} label={label} />
    </div>
  );
}

interface ToggleProps {
  shown: boolean;
  onToggle(shown: boolean): void;
}

/** An icon that shows and hides a line of Python. */
export function CodeToggle({ shown, onToggle }: ToggleProps) {
  const label = shown ? "Hide Python" : "Show as Python";
  return (
    <button
      type="button"
      class="btn quiet code-toggle"
      aria-label={label}
      title={label}
      aria-expanded={shown}
      onClick={() => onToggle(!shown)}
    >
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d="M5.5 4 1.8 8l3.7 4M10.5 4l3.7 4-3.7 4" />
      </svg>
    </button>
  );
}
