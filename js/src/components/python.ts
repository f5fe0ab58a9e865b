import { createContext } from "preact";
import { useMemo } from "preact/hooks";
import type { SessionInfo } from "../protocol/messages";
import type { SessionStore } from "../store/session";
import { pasted, spelled } from "../words/python";

/** How code that refers to the session is shown and copied. */
export interface PythonForm {
  shown(code: string): string;
  copied(code: string): Promise<string>;
}

/** Without a session, code stays as it is. */
export const Python = createContext<PythonForm>({ shown: (code) => code, copied: async (code) => code });

/** Longest wait for a kernel that is busy with a cell. */
const PATIENCE = 1500;

/** Code refers to the variable that holds the session; a copy asks the kernel, since variables change. */
export function usePython(store: SessionStore, { variable }: SessionInfo, reachable: boolean): PythonForm {
  return useMemo(() => {
    const known = async () => variable;
    const late = () => new Promise<typeof variable>((done) => setTimeout(() => done(variable), PATIENCE));
    const now = () => (reachable ? Promise.race([store.kernel.variable().catch(known), late()]) : known());
    return {
      shown: (code) => spelled(code, variable),
      copied: async (code) => (code.includes("session.") ? pasted(code, await now()) : code),
    };
  }, [store, variable, reachable]);
}
