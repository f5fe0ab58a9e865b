import { useEffect, useState } from "preact/hooks";
import type { TrialDetail } from "../../protocol/messages";
import type { SessionStore } from "../../store/session";

export interface Asked {
  detail: TrialDetail | null;
  error: string;
}

/** A trial's detail, asked again when its row changes; the last answer stays in sight meanwhile. */
export function useDetail(store: SessionStore, number: number): Asked {
  const row = store.rows.get(number);
  const standing = store.standing(number);
  const [asked, setAsked] = useState<Asked>(() => ({ detail: store.knownDetail(number), error: "" }));
  // biome-ignore lint/correctness/useExhaustiveDependencies: a row is replaced when the trial has changed; its standing is in the answer
  useEffect(() => {
    let wanted = true;
    store.detail(number).then(
      (detail) => wanted && setAsked({ detail, error: "" }),
      (reason: Error) => wanted && setAsked(({ detail }) => ({ detail, error: reason.message })),
    );
    return () => {
      wanted = false;
    };
  }, [store, number, row, standing]);
  return asked;
}
