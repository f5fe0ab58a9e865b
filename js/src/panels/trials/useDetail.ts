import type { TrialDetail } from "../../protocol/messages";
import type { SessionStore } from "../../store/session";
import { type Shown, useResource } from "../useResource";

/** A trial's detail, asked again when its row or its standing changes; the last answer stays in sight meanwhile. */
export function useDetail(store: SessionStore, number: number): Shown<TrialDetail> {
  return useResource(store.details.of(number), [store.rows.get(number), store.standing(number)]);
}
