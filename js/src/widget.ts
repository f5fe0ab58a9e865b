import type { Initialize, Render } from "@anywidget/types";
import { anywidgetHost } from "./host/anywidget";
import { hideWhileHeard } from "./host/staticOutput";
import { mount } from "./mount";
import { SessionStore } from "./store/session";

/** anywidget calls this once for each model: its views share the store. */
export default function widget(): { initialize: Initialize; render: Render } {
  let store: SessionStore | null = null;
  return {
    initialize({ model }) {
      const made = new SessionStore(anywidgetHost(model));
      store = made;
      return () => {
        made.dispose();
        store = null;
      };
    },
    render({ el, model }) {
      store ??= new SessionStore(anywidgetHost(model));
      const unmount = mount(el, store);
      const reveal = hideWhileHeard(store, model.get("session_id"));
      return () => {
        reveal();
        unmount();
      };
    },
  };
}
