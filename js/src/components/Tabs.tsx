export interface Tab {
  id: string;
  label: string;
  note?: string;
  /** The note is of something the person has begun. */
  yours?: boolean;
  /** What waits behind a teal dot, in words; "" for no dot. */
  dot?: string;
}

interface Props {
  tabs: readonly Tab[];
  selected: string;
  onSelect(id: string): void;
}

export function Tabs({ tabs, selected, onSelect }: Props) {
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
    <div class="tabs" role="tablist" aria-label="Panels" onKeyDown={move}>
      {tabs.map((tab) => (
        <button
          key={tab.id}
          type="button"
          role="tab"
          data-tab={tab.id}
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
            <span class={tab.yours ? "n yours" : "n"}>{tab.note}</span>
          )}
        </button>
      ))}
    </div>
  );
}
