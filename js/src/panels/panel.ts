import type { FunctionComponent } from "preact";
import type { PanelProps } from "./context";

/** A tab of the dashboard; each has a folder with its components, their styles and this entry. */
export interface Panel {
  id: string;
  label: string;
  /** The meaning of its label, as a tooltip. */
  title?: string;
  component: FunctionComponent<PanelProps>;
  /** A small note on the tab. */
  note?(props: PanelProps): string;
  /** True if the note is about an unfinished draft of the user. */
  yours?: boolean;
  /** The note as a full sentence, if it is not clear by itself. */
  says?(props: PanelProps): string;
  /** The note is about something severe. */
  grave?(props: PanelProps): boolean;
  /** Text of an open question, shown as a dot. */
  dot?(props: PanelProps): string;
}
