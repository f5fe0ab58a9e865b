import { useEffect, useState } from "preact/hooks";
import type { Command } from "../protocol/commands";
import type { Steering } from "../protocol/messages";
import type { SessionStore } from "../store/session";

export interface Applying {
  /** Sends the command of the draft and clears the draft when the kernel has accepted it. */
  apply(): Promise<void>;
  /** The kernel's reason for refusing this draft; "" when it has not. */
  refused: string;
  sending: boolean;
  /** Number of the newest act before the last draft was applied; null before any was. */
  since: number | null;
}

/** Applies a draft. */
export function useApply(
  store: SessionStore,
  { acts }: Steering,
  draft: unknown,
  command: Command | null,
  clear: () => void,
): Applying {
  const [refused, setRefused] = useState("");
  const [sending, setSending] = useState(false);
  const [since, setSince] = useState<number | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another draft has not been refused yet
  useEffect(() => setRefused(""), [draft]);
  const apply = async () => {
    if (command === null) return;
    setSending(true);
    const before = Math.max(0, ...acts.map((one) => one.number));
    try {
      await store.act(command);
      setSince(before);
      clear();
    } catch (reason) {
      const { message, remedy = "" } = reason as { message: string; remedy?: string };
      setRefused(`${message} ${remedy}`);
    } finally {
      setSending(false);
    }
  };
  return { apply, refused, sending, since };
}
