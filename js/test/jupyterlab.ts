/** What the page would share: as much of JupyterLab as the way to a kernel calls. */
export const KernelMessage = { createMessage: (options: object) => options };
