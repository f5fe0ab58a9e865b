import type { ComponentChildren } from "preact";
import "./Strip.css";

interface Props {
  tone: "info" | "warn" | "error" | "you" | "plain";
  children: ComponentChildren;
  acts?: ComponentChildren;
}

/** A message that needs attention, with its actions. */
export function Strip({ tone, children, acts }: Props) {
  return (
    <div class={`strip ${tone}`} role={tone === "error" ? "alert" : "status"}>
      <p>{children}</p>
      {acts}
    </div>
  );
}
