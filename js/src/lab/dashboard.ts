import { MainAreaWidget } from "@jupyterlab/apputils";
import { Widget } from "@lumino/widgets";
import type { SessionHead } from "../protocol/messages";
import { icon } from "./icon";
import type { KernelLink } from "./link";

/** The dashboard of a session in a separate tab: the same component as under the cell. */
export function dashboardOf(link: KernelLink, head: SessionHead, tab?: string): Widget {
  const content = new Widget();
  content.node.style.overflow = "auto";
  content.node.style.padding = "8px";
  const widget = new MainAreaWidget({ content });
  widget.toolbar.hide();
  widget.title.label = head.target;
  widget.title.caption = `Dashboard of the session on ${head.target}`;
  widget.title.icon = icon;
  widget.title.closable = true;
  const host = link.host(head.id, head.journal);
  let leave = () => host.dispose();
  widget.disposed.connect(() => leave());
  // The dashboard is large, and most pages of JupyterLab never show it.
  const full = import("./full").catch((reason) => {
    console.warn("hitl_widget: the dashboard's part of the extension was not found", reason);
    content.node.setAttribute("role", "alert");
    content.node.textContent =
      "The dashboard could not be loaded: hitl_widget was updated, or the server does not answer. Reload the page.";
    return null;
  });
  full.then((found) => {
    if (found === null || widget.isDisposed) return;
    const { mount, SessionStore } = found;
    const store = new SessionStore(host);
    const holder = document.createElement("div");
    content.node.append(holder);
    const unmount = mount(holder, store, tab);
    leave = () => {
      unmount();
      store.dispose();
      host.dispose();
    };
  });
  return widget;
}
