import { useEffect, useRef } from "preact/hooks";
import type { Topic } from "./questions";
import "./QuestionIndex.css";

interface Props {
  topics: readonly Topic[];
  chosen: string;
  onChoose(name: string): void;
}

/** All questions by topic, each one click away: a list at the side that scrolls by itself, or a menu where there is no room. */
export function QuestionIndex({ topics, chosen, onChoose }: Props) {
  const list = useRef<HTMLElement>(null);
  useEffect(() => {
    const index = list.current;
    const button = index?.querySelector<HTMLElement>(`[data-question="${chosen}"]`);
    if (index == null || button == null) return;
    const top = button.offsetTop - index.offsetTop;
    const bottom = top + button.offsetHeight;
    if (top < index.scrollTop) index.scrollTop = top;
    else if (bottom > index.scrollTop + index.clientHeight) index.scrollTop = bottom - index.clientHeight;
  }, [chosen]);
  const move = (event: KeyboardEvent) => {
    const all = [...(list.current?.querySelectorAll<HTMLButtonElement>("[data-question]") ?? [])];
    const at = all.indexOf(event.target as HTMLButtonElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    all[Math.max(0, Math.min(to, all.length - 1))]?.focus();
  };
  return (
    <>
      <nav ref={list} class="question-index" aria-label="Questions" onKeyDown={move}>
        {topics.map(({ heading, questions }) => (
          <div key={heading}>
            <p class="topic">{heading}</p>
            <ul aria-label={heading}>
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
        ))}
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
