import type { INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";
import { signal } from "@preact/signals";
import { type Kernel, KernelLink } from "./link";

/** The notebook in front, and the way to its kernel. */
export interface Place {
  panel: NotebookPanel;
  /** Null while the notebook has no kernel. */
  link: KernelLink | null;
}

/** Follows the active notebook, and the kernel that it has. */
export class Follower {
  readonly place = signal<Place | null>(null);
  private readonly links = new WeakMap<Kernel, KernelLink>();
  private followed: NotebookPanel | null = null;

  constructor(private readonly tracker: INotebookTracker) {
    tracker.currentChanged.connect(() => this.look());
    this.look();
  }

  /** Link to a notebook's kernel: one per connection, kept while the notebook is open. */
  linkOf(panel: NotebookPanel): KernelLink | null {
    const kernel = panel.sessionContext.session?.kernel ?? null;
    if (kernel === null || kernel.isDisposed) return null;
    const known = this.links.get(kernel);
    if (known !== undefined) return known;
    const made = new KernelLink(kernel);
    this.links.set(kernel, made);
    return made;
  }

  private look(): void {
    const panel = this.tracker.currentWidget;
    if (panel !== this.followed) {
      this.followed?.sessionContext.kernelChanged.disconnect(this.kernelChanged);
      panel?.sessionContext.kernelChanged.connect(this.kernelChanged);
      this.followed = panel;
    }
    this.kernelChanged();
  }

  private readonly kernelChanged = (): void => {
    const panel = this.followed;
    this.place.value = panel === null || panel.isDisposed ? null : { panel, link: this.linkOf(panel) };
  };
}
