interface Props {
  label: string;
  placeholder: string;
  value: string;
  onInput(text: string): void;
  title?: string;
  /** Id of the element that says why the text cannot be read. */
  problemId?: string;
  wrong?: boolean;
}

/** A field that filters a list; Esc clears it. */
export function SearchField({ label, placeholder, value, onInput, title, problemId, wrong }: Props) {
  return (
    <input
      class="field search"
      type="search"
      placeholder={placeholder}
      title={title}
      aria-label={label}
      aria-describedby={problemId}
      aria-invalid={wrong}
      value={value}
      onInput={(event) => onInput(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || value === "") return;
        event.stopPropagation();
        onInput("");
      }}
    />
  );
}
