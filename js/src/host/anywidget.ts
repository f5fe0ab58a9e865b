import type { AnyModel } from "@anywidget/types";
import type { Request } from "../protocol/kernel";
import type { Host } from "./port";

/** Many rows come as one buffer of JSON, which spares the front end walking through them. */
export function unpacked(content: unknown, buffers: readonly ArrayBufferView[] = []): unknown {
  const [packed] = buffers;
  if ((content as { type?: unknown } | null)?.type !== "packed" || packed === undefined) return content;
  try {
    return JSON.parse(new TextDecoder().decode(packed));
  } catch {
    return null;
  }
}

/** The host of notebooks. Events other than `msg:custom` come from `@jupyter-widgets/base` and may be missing elsewhere. */
export function anywidgetHost(model: AnyModel): Host {
  let closed = false;
  return {
    send(message: Request) {
      model.send(message);
    },
    onMessage(listener) {
      const heard = (content: unknown, buffers?: readonly ArrayBufferView[]) => {
        closed = false;
        listener(unpacked(content, buffers));
      };
      model.on("msg:custom", heard);
      return () => model.off("msg:custom", heard);
    },
    onChannel(listener) {
      const changed = () => listener();
      const gone = () => {
        closed = true;
        listener();
      };
      model.on("comm_live_update", changed);
      model.on("comm:close", gone);
      return () => {
        model.off("comm_live_update", changed);
        model.off("comm:close", gone);
      };
    },
    isLive: () => !closed,
    journal() {
      const path: unknown = model.get("journal");
      return typeof path === "string" && path !== "" ? path : null;
    },
  };
}
