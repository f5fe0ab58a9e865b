import { Fragment } from "preact";

interface Props {
  text: string;
  /** Matches the empty places where a line may end. */
  at: RegExp;
}

/** A text that may go on in the next line only at certain places. */
export function Breakable({ text, at }: Props) {
  return (
    <>
      {text.split(at).map((part, i) => (
        <Fragment key={i}>
          {i > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </>
  );
}
