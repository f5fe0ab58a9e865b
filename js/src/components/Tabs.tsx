import { useEffect, useRef, useState } from "preact/hooks";
import "./Tabs.css";

/** Width of a neighbouring tab that stays visible, to show that there are more. */
const EDGE = 24;

export interface Tab {
  id: string;
  label: string;
  /** Tooltip that explains the label. */
  title?: string | undefined;
  note?: string;
  /** True if the note is about an unfinished draft of the user. */
  yours?: boolean;
  /** The note as a full sentence. */
  says?: string;
  grave?: boolean;
  /** Text for the teal dot; "" for no dot. */
  dot?: string;
}

interface Props {
  tabs: readonly Tab[];
  selected: string;
  onSelect(id: string): void;
}

export function Tabs({ tabs, selected, onSelect }: Props) {
  const strip = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab is what may be out of sight
  useEffect(() => {
    const list = strip.current;
    const tab = list?.querySelector<HTMLElement>('[aria-selected="true"]');
    if (list == null || tab == null) return;
    const [left, right] = [
      tab.offsetLeft - list.offsetLeft,
      tab.offsetLeft - list.offsetLeft + tab.offsetWidth,
    ];
    if (left < list.scrollLeft) list.scrollLeft = left - EDGE;
    else if (right > list.scrollLeft + list.clientWidth) list.scrollLeft = right - list.clientWidth + EDGE;
  }, [selected]);
  const [more, setMore] = useState("");
  useEffect(() => {
    const list = strip.current;
    if (list === null) return;
    const look = () => {
      const rest = list.scrollWidth - list.clientWidth - list.scrollLeft;
      setMore(`${list.scrollLeft > 1 ? " more-left" : ""}${rest > 1 ? " more-right" : ""}`);
    };
    look();
    list.addEventListener("scroll", look, { passive: true });
    const watch = globalThis.ResizeObserver === undefined ? null : new ResizeObserver(look);
    watch?.observe(list);
    return () => {
      list.removeEventListener("scroll", look);
      watch?.disconnect();
    };
  }, []);
  const scroll = (way: number) => strip.current?.scrollBy({ left: way * 160, behavior: "smooth" });
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = tabs.findIndex((tab) => tab.id === selected);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (next === undefined) return;
    onSelect(next.id);
    const list = event.currentTarget as HTMLElement;
    list.querySelector<HTMLElement>(`[data-tab="${next.id}"]`)?.focus();
  };
  return (
    <div class={`tabs-strip${more}`}>
      <button
        type="button"
        class="tabs-more left"
        tabIndex={-1}
        aria-hidden="true"
        onClick={() => scroll(-1)}
      >
        ‹
      </button>
      <div ref={strip} class="tabs" role="tablist" aria-label="Panels" onKeyDown={move}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            data-tab={tab.id}
            title={tab.title}
            id={`hitl-tab-${tab.id}`}
            aria-controls="hitl-panel"
            aria-selected={tab.id === selected}
            tabIndex={tab.id === selected ? 0 : -1}
            onClick={() => onSelect(tab.id)}
          >
            {tab.label}
            {tab.dot !== undefined && tab.dot !== "" && (
              <i class="tab-dot" role="img" aria-label={tab.dot} title={tab.dot} />
            )}
            {tab.note !== undefined && tab.note !== "" && (
              <span class={tab.yours ? "n yours" : tab.grave ? "n grave" : "n"} title={tab.says}>
                {tab.note}
                {tab.says !== undefined && tab.says !== "" && <span class="sr">: {tab.says}</span>}
              </span>
            )}
          </button>
        ))}
      </div>
      <button
        type="button"
        class="tabs-more right"
        tabIndex={-1}
        aria-hidden="true"
        onClick={() => scroll(1)}
      >
        ›
      </button>
    </div>
  );
}
