import { type INotebookTracker, NotebookActions, type NotebookPanel } from "@jupyterlab/notebook";

/** Inserts source into a new cell below the active one, or into the active cell if it is empty. */
export function insertCell(panel: NotebookPanel, source: string): void {
  const { content } = panel;
  const active = content.activeCell;
  const empty =
    active !== null && active.model.type === "code" && active.model.sharedModel.getSource() === "";
  if (!empty) NotebookActions.insertBelow(content);
  content.activeCell?.model.sharedModel.setSource(source);
  content.deselectAll();
  content.mode = "command";
  content.scrollToItem(content.activeCellIndex, "smart").catch(() => {});
}

export async function runCell(panel: NotebookPanel, source: string): Promise<void> {
  insertCell(panel, source);
  await NotebookActions.run(panel.content, panel.sessionContext);
}

/** Shows a cell by its id, in the given notebook or in another one that is open; false when there is none. */
export function jumpTo(
  tracker: INotebookTracker,
  panel: NotebookPanel,
  id: string,
  activate: (panel: NotebookPanel) => void,
): boolean {
  const panels = [panel];
  tracker.forEach((one) => {
    if (one !== panel) panels.push(one);
  });
  for (const one of panels) {
    const index = one.content.widgets.findIndex((cell) => cell.model.id === id);
    if (index < 0) continue;
    activate(one);
    one.content.deselectAll();
    one.content.activeCellIndex = index;
    // A cell with a dashboard is higher than the page: its middle would be far below its first line.
    one.content.scrollToItem(index, "start").catch(() => {});
    return true;
  }
  return false;
}
