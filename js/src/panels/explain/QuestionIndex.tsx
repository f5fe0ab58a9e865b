import { useId, useRef, useState } from "preact/hooks";
import type { Topic } from "./questions";
import "./QuestionIndex.css";

interface Props {
  topics: readonly Topic[];
  chosen: string;
  onChoose(name: string): void;
}

/** All questions by topic: a list at the side with the topic of the chosen one open, or a menu where there is no room. */
export function QuestionIndex({ topics, chosen, onChoose }: Props) {
  const list = useRef<HTMLElement>(null);
  const id = useId();
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const toggle = (heading: string) => {
    const next = new Set(opened);
    if (!next.delete(heading)) next.add(heading);
    setOpened(next);
  };
  const move = (event: KeyboardEvent) => {
    const all = [...(list.current?.querySelectorAll<HTMLButtonElement>("[data-question]") ?? [])];
    const at = all.indexOf(event.target as HTMLButtonElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const next = all[Math.max(0, Math.min(to, all.length - 1))];
    const folded = next?.closest<HTMLElement>("ul[hidden]");
    // The keys walk through all questions, so a folded topic opens at once: what is hidden takes no focus.
    if (folded != null) {
      folded.hidden = false;
      toggle(folded.getAttribute("aria-label") ?? "");
    }
    next?.focus();
  };
  return (
    <>
      <nav ref={list} class="question-index" aria-label="Questions" onKeyDown={move}>
        {topics.map(({ heading, questions }, i) => {
          const holds = questions.some(({ name }) => name === chosen);
          const open = holds || opened.has(heading);
          return (
            <div key={heading}>
              {holds ? (
                <p class="topic">{heading}</p>
              ) : (
                <button
                  type="button"
                  class="topic"
                  aria-expanded={open}
                  aria-controls={`${id}-${i}`}
                  onClick={() => toggle(heading)}
                >
                  {heading} <span class="faint num">{questions.length}</span>
                  <i class="chevron" aria-hidden="true" />
                </button>
              )}
              <ul id={`${id}-${i}`} aria-label={heading} hidden={!open}>
                {questions.map(({ name, question }) => (
                  <li key={name}>
                    <button
                      type="button"
                      data-question={name}
                      aria-current={name === chosen ? "true" : undefined}
                      tabIndex={name === chosen ? 0 : -1}
                      onClick={() => onChoose(name)}
                    >
                      {question}
                    </button>
                  </li>
                ))}
              </ul>
            </div>
          );
        })}
      </nav>
      <select
        class="field question-menu"
        aria-label="Question"
        value={chosen}
        onChange={(event) => onChoose(event.currentTarget.value)}
      >
        {topics.map(({ heading, questions }) => (
          <optgroup key={heading} label={heading}>
            {questions.map(({ name, question }) => (
              <option key={name} value={name}>
                {question}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </>
  );
}
