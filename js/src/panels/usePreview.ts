import { useEffect, useState } from "preact/hooks";
import type { Resources, Stamp } from "../store/resource";
import { useResource } from "./useResource";

export interface Previewed<T> {
  preview: T | null;
  /** The kernel's sentence for why it cannot be, or "". */
  error: string;
  /** The answer to the newest draft is still to come. */
  busy: boolean;
}

const WAIT_MS = 120;

/** The effect of a command that is not sent yet, asked when the hand rests. */
export function usePreview<C, T>(previews: Resources<[C], T>, command: C | null, stamp: Stamp): Previewed<T> {
  const key = command === null ? "" : JSON.stringify(command);
  const [rested, setRested] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setRested(key), WAIT_MS);
    return () => clearTimeout(timer);
  }, [key]);
  const resource = command === null ? null : previews.of(command);
  const { value, current, error } = useResource(resource, stamp, rested === key);
  if (command === null) return { preview: null, error: "", busy: false };
  return { preview: error === "" ? value : null, error, busy: !current && error === "" };
}
