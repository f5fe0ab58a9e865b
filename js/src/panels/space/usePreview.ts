import { useEffect, useRef, useState } from "preact/hooks";
import type { EditCommand } from "../../protocol/commands";
import type { SpacePreview } from "../../protocol/messages";
import type { SessionStore } from "../../store/session";

export interface Previewed {
  preview: SpacePreview | null;
  /** The kernel's sentence for why it cannot be. */
  error: { message: string; remedy: string } | null;
  /** The answer to the newest draft is still to come. */
  busy: boolean;
}

const NOTHING: Previewed = { preview: null, error: null, busy: false };
const WAIT_MS = 120;

/** What a draft would do, asked when the hand rests; the last answer wins. `stamp` asks again when it changes. */
export function usePreview(store: SessionStore, command: EditCommand | null, stamp: unknown): Previewed {
  const [held, setHeld] = useState<Previewed>(NOTHING);
  const round = useRef(0);
  const key = command === null ? "" : JSON.stringify(command);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the command is its key
  useEffect(() => {
    round.current += 1;
    const mine = round.current;
    if (command === null) {
      setHeld(NOTHING);
      return;
    }
    setHeld((before) => ({ ...before, busy: true }));
    const timer = setTimeout(() => {
      store.preview(command).then(
        (preview) => mine === round.current && setHeld({ preview, error: null, busy: false }),
        (reason: Error & { remedy?: string }) =>
          mine === round.current &&
          setHeld({
            preview: null,
            error: { message: reason.message, remedy: reason.remedy ?? "" },
            busy: false,
          }),
      );
    }, WAIT_MS);
    return () => clearTimeout(timer);
  }, [store, key, stamp]);
  return held;
}
