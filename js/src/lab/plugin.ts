import styles from "styles:lab/Sidebar";
import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin,
} from "@jupyterlab/application";
import { Dialog, ICommandPalette, Notification, showDialog } from "@jupyterlab/apputils";
import { ILauncher } from "@jupyterlab/launcher";
import { INotebookTracker } from "@jupyterlab/notebook";
import { ISettingRegistry } from "@jupyterlab/settingregistry";
import { Widget } from "@lumino/widgets";
import { signal } from "@preact/signals";
import type { Command } from "../protocol/commands";
import type { SessionHead } from "../protocol/messages";
import { mountView } from "../view";
import { loadCode } from "../words/python";
import { insertCell, jumpTo, runCell } from "./cells";
import { dashboardOf } from "./dashboard";
import { Follower, type Place } from "./follow";
import { icon, picture } from "./icon";
import { quickstart } from "./quickstart";
import { type Acts, sidebarView } from "./Sidebar";
import { beginSource, DEFAULTS, defaultsOf } from "./source";

const ID = "hitl_widget:plugin";
const SIDEBAR = "hitl-widget-sidebar";
const CATEGORY = "AutoML";

interface Services {
  tracker: INotebookTracker;
  labShell?: ILabShell;
  palette?: ICommandPalette;
  launcher?: ILauncher;
  registry?: ISettingRegistry;
  restorer?: ILayoutRestorer;
}

function activate(
  app: JupyterFrontEnd,
  { tracker, labShell, palette, launcher, registry, restorer }: Services,
): void {
  const follower = new Follower(tracker);
  const defaults = signal(DEFAULTS);
  const tabs = new Map<string, Widget>();
  const activatePanel = (panel: Widget) => app.shell.activateById(panel.id);

  const open = ({ panel, link }: Place, head: SessionHead, tab?: string): void => {
    if (link === null) return;
    const id = `hitl-dashboard-${panel.id}-${head.id}`;
    let widget = tabs.get(id);
    if (widget === undefined || widget.isDisposed) {
      const made = dashboardOf(link, head, tab);
      made.id = id;
      tabs.set(id, made);
      made.disposed.connect(() => tabs.delete(id));
      app.shell.add(made, labShell === undefined ? "down" : "main", { ref: panel.id, mode: "split-right" });
      if (labShell === undefined) share(made);
      widget = made;
    }
    app.shell.activateById(id);
  };
  const acts: Acts = {
    source: () => beginSource(defaults.value),
    begin: ({ panel }) => {
      activatePanel(panel);
      insertCell(panel, beginSource(defaults.peek()));
    },
    resume: ({ panel }, journal) => {
      activatePanel(panel);
      runCell(panel, loadCode(journal)).catch(() => {});
    },
    open,
    jump: ({ panel }, cell) => {
      const found = jumpTo(tracker, panel, cell, activatePanel);
      if (!found) Notification.error("The cell is no longer in an open notebook.", { autoClose: 4000 });
      return found;
    },
    quickstart: () => {
      app.commands.execute("hitl-widget:quickstart");
    },
  };

  const sidebar = new Widget();
  sidebar.id = SIDEBAR;
  sidebar.title.icon = icon;
  sidebar.title.caption = "AutoML sessions";
  sidebar.addClass("jp-SideBar-hitl");
  mountView(sidebar.node, styles, () => sidebarView({ place: follower.place, acts }));
  app.shell.add(sidebar, "left", { rank: 550, type: "AutoML" });
  restorer?.add(sidebar, SIDEBAR);

  /** The sessions that a command of the palette is about: those of the notebook in front. */
  const inFront = (phases: readonly string[]): { place: Place; heads: readonly SessionHead[] } | null => {
    const place = follower.place.peek();
    const heads = (place?.link?.sessions.peek() ?? []).filter((one) => phases.includes(one.status.phase));
    return place === null || heads.length === 0 ? null : { place, heads };
  };
  const add = (
    id: string,
    label: string,
    execute: (args: Record<string, unknown>) => unknown,
    isEnabled: () => boolean = () => true,
  ) => {
    app.commands.addCommand(id, { label, caption: label, icon, isEnabled, execute });
    palette?.addItem({ command: id, category: CATEGORY });
  };
  /** Sends a command to the sessions in front that are in one of these phases, when the question is answered well. */
  const addAct = (
    id: string,
    label: string,
    command: Command,
    phases: readonly string[],
    ask: (heads: readonly SessionHead[]) => Promise<boolean> = async () => true,
  ) =>
    add(
      id,
      label,
      async () => {
        const found = inFront(phases);
        if (found === null || !(await ask(found.heads))) return;
        const { link } = found.place;
        await Promise.all(found.heads.map((head) => link?.command(head.id, command))).catch((reason: Error) =>
          Notification.error(reason.message, { autoClose: 6000 }),
        );
      },
      () => inFront(phases) !== null,
    );
  const every = ["ready", "running", "paused", "finishing", "finished", "failed"];
  add("hitl-widget:show-sidebar", "Show AutoML Sessions", () => app.shell.activateById(SIDEBAR));
  add(
    "hitl-widget:insert-cell",
    "Insert a Cell that Starts an AutoML Session",
    () => {
      const place = follower.place.peek();
      if (place !== null) acts.begin(place);
    },
    () => follower.place.peek() !== null,
  );
  add(
    "hitl-widget:open-dashboard",
    "Open the AutoML Dashboard Beside the Notebook",
    () => {
      const found = inFront(every);
      const head = found?.heads.at(-1);
      if (found != null && head !== undefined) open(found.place, head);
    },
    () => inFront(every) !== null,
  );
  /** The newest session whose cell is known. */
  const withCell = () => {
    const found = inFront(every);
    const head = found?.heads.findLast(({ cell }) => cell !== null);
    return found == null || head === undefined ? null : { place: found.place, cell: head.cell as string };
  };
  add(
    "hitl-widget:jump-to-cell",
    "Jump to the Cell of the AutoML Session",
    () => {
      const found = withCell();
      if (found !== null) acts.jump(found.place, found.cell);
    },
    () => withCell() !== null,
  );
  addAct("hitl-widget:pause", "Pause the AutoML Search", { type: "pause" }, ["running"]);
  addAct("hitl-widget:resume", "Resume the AutoML Search", { type: "resume" }, ["paused"]);
  addAct(
    "hitl-widget:stop",
    "Stop the AutoML Search",
    { type: "stop" },
    ["running", "paused"],
    async (heads) => {
      const { button } = await showDialog({
        title: "Stop the search?",
        body: `The search on ${heads.map(({ target }) => target).join(", ")} stops. Everything found is kept.`,
        buttons: [
          Dialog.cancelButton({ label: "Keep searching" }),
          Dialog.okButton({ label: "Stop search" }),
        ],
      });
      return button.accept;
    },
  );
  app.commands.addCommand("hitl-widget:quickstart", {
    label: "AutoML Quickstart",
    caption: "A notebook with a model search that you can watch and steer",
    icon,
    execute: async ({ cwd }) => {
      const path = typeof cwd === "string" ? cwd : "";
      const { contents } = app.serviceManager;
      const { path: made } = await contents.newUntitled({ path, type: "notebook" });
      await contents.save(made, { type: "notebook", format: "json", content: quickstart(defaults.peek()) });
      return app.commands.execute("docmanager:open", { path: made, factory: "Notebook" });
    },
  });
  palette?.addItem({ command: "hitl-widget:quickstart", category: CATEGORY });
  launcher?.add({
    command: "hitl-widget:quickstart",
    category: "Notebook",
    rank: 50,
    kernelIconUrl: picture,
  });

  registry
    ?.load(ID)
    .then((settings) => {
      const read = () => {
        defaults.value = defaultsOf(settings.composite);
      };
      settings.changed.connect(read);
      read();
    })
    .catch(() => console.warn("hitl_widget: the settings could not be read; the defaults are used"));
}

/** Notebook 7 has one document in its main area, and below it a part that is as high as its tabs until it is dragged. */
function share(below: Widget): void {
  let around: (Widget & { setRelativeSizes?(sizes: number[]): void }) | null = below.parent;
  while (around !== null && around.setRelativeSizes === undefined) around = around.parent;
  around?.setRelativeSizes?.([1, 1]);
}

/** Optional services by name: Notebook 7 has fewer of them than JupyterLab. */
const optional = Object.entries({
  labShell: ILabShell,
  palette: ICommandPalette,
  launcher: ILauncher,
  registry: ISettingRegistry,
  restorer: ILayoutRestorer,
}).filter(([, token]) => token !== undefined);

const plugin: JupyterFrontEndPlugin = {
  id: ID,
  description: "The AutoML sessions of the active notebook.",
  autoStart: true,
  requires: [INotebookTracker],
  optional: optional.map(([, token]) => token),
  activate: (app, tracker: INotebookTracker, ...services: unknown[]) => {
    const given = optional.map(([name], i) => [name, services[i] ?? undefined]);
    activate(app, { tracker, ...Object.fromEntries(given) });
  },
};

export default plugin;
