import { useRef } from "preact/hooks";
import type { Topic } from "./questions";
import "./QuestionIndex.css";

interface Props {
  topics: readonly Topic[];
  chosen: string;
  onChoose(name: string): void;
}

/** All questions by topic: a list at the side, or a menu where there is no room for it. */
export function QuestionIndex({ topics, chosen, onChoose }: Props) {
  const list = useRef<HTMLElement>(null);
  const move = (event: KeyboardEvent) => {
    const all = [...(list.current?.querySelectorAll("button") ?? [])];
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
