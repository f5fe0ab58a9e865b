import { MainAreaWidget } from "@jupyterlab/apputils";
import { Widget } from "@lumino/widgets";
import type { SessionHead } from "../protocol/messages";
import { icon } from "./icon";
import type { KernelLink } from "./link";

/** The whole dashboard of a session in a tab of its own: the component that stands under the cell. */
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
  import("./full").then(({ mount, SessionStore }) => {
    if (widget.isDisposed) return;
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
