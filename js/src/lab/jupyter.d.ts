// The part of JupyterLab's interface that the extension uses. JupyterLab provides these modules at run time (see
// container.js); their npm packages, some 300 MB with what they need, are not installed. The same in 4.4 to 4.6.

declare module "@lumino/coreutils" {
  export class Token<T> {
    constructor(name: string, description?: string);
    readonly name: string;
    private readonly _tokenStructuralPropertyT: T;
  }
}

declare module "@lumino/signaling" {
  export interface ISignal<T, U> {
    connect(slot: (sender: T, args: U) => void): boolean;
    disconnect(slot: (sender: T, args: U) => void): boolean;
  }
}

declare module "@lumino/widgets" {
  import type { ISignal } from "@lumino/signaling";

  export class Widget {
    constructor(options?: { node?: HTMLElement });
    id: string;
    readonly parent: Widget | null;
    readonly node: HTMLElement;
    readonly isVisible: boolean;
    readonly isDisposed: boolean;
    readonly disposed: ISignal<Widget, void>;
    readonly title: {
      label: string;
      caption: string;
      icon: unknown;
      closable: boolean;
    };
    addClass(name: string): void;
    dispose(): void;
    close(): void;
    protected onAfterShow(message: unknown): void;
  }
}

declare module "@jupyterlab/services" {
  import type { ISignal } from "@lumino/signaling";

  export namespace KernelMessage {
    interface IMessage {
      header: { msg_type: string };
      parent_header: { msg_type?: string };
      content: Record<string, unknown>;
      buffers?: readonly (ArrayBuffer | ArrayBufferView)[];
    }
    function createMessage(options: {
      msgType: string;
      channel: "control" | "shell";
      username: string;
      session: string;
      content: Record<string, unknown>;
      subshellId?: string;
    }): IMessage;
  }

  export namespace Kernel {
    interface IComm {
      readonly isDisposed: boolean;
      readonly subshellStarted?: Promise<void>;
      onMsg: (message: KernelMessage.IMessage) => void;
      onClose: (message: KernelMessage.IMessage) => void;
      send(data: unknown, metadata?: unknown, buffers?: unknown[], disposeOnDone?: boolean): unknown;
      dispose(): void;
    }
    interface IFuture {
      onReply: (message: KernelMessage.IMessage) => void;
      dispose(): void;
    }
    interface IKernelConnection {
      readonly id: string;
      readonly username: string;
      readonly clientId: string;
      readonly status: string;
      readonly connectionStatus: string;
      readonly handleComms: boolean;
      readonly isDisposed: boolean;
      readonly supportsSubshells?: boolean;
      readonly info: Promise<{ language_info: { name: string } }>;
      readonly disposed: ISignal<IKernelConnection, void>;
      readonly statusChanged: ISignal<IKernelConnection, string>;
      readonly connectionStatusChanged: ISignal<IKernelConnection, string>;
      readonly iopubMessage: ISignal<IKernelConnection, KernelMessage.IMessage>;
      hasComm(id: string): boolean;
      createComm(target: string, id: string): IComm;
      requestCommInfo(content: { target_name: string }): Promise<KernelMessage.IMessage>;
      sendShellMessage(message: KernelMessage.IMessage, expectReply: boolean): IFuture;
      sendControlMessage(message: KernelMessage.IMessage, expectReply: boolean): IFuture;
      requestExecute(content: { code: string; silent: boolean; store_history: boolean }): {
        readonly done: Promise<KernelMessage.IMessage>;
      };
    }
  }
}

declare module "@jupyterlab/apputils" {
  import type { Kernel } from "@jupyterlab/services";
  import type { Token } from "@lumino/coreutils";
  import type { ISignal } from "@lumino/signaling";
  import type { Widget } from "@lumino/widgets";

  export interface ISessionContext {
    readonly ready: Promise<void>;
    readonly session: { readonly kernel: Kernel.IKernelConnection | null } | null;
    readonly kernelChanged: ISignal<ISessionContext, unknown>;
    readonly statusChanged: ISignal<ISessionContext, string>;
  }
  export interface ICommandPalette {
    addItem(item: { command: string; category: string; args?: Record<string, unknown> }): unknown;
  }
  export const ICommandPalette: Token<ICommandPalette>;
  export class MainAreaWidget extends (class {} as typeof Widget) {
    constructor(options: { content: Widget });
    readonly content: Widget;
    readonly toolbar: Widget & { hide(): void };
  }
  export namespace Dialog {
    interface IButton {
      readonly accept: boolean;
    }
    function cancelButton(options: { label: string }): IButton;
    function okButton(options: { label: string }): IButton;
  }
  export function showDialog(options: {
    title: string;
    body: string;
    buttons: Dialog.IButton[];
  }): Promise<{ button: Dialog.IButton }>;
  export namespace Notification {
    function error(message: string, options?: { autoClose?: number }): string;
  }
}

declare module "@jupyterlab/notebook" {
  import type { ISessionContext } from "@jupyterlab/apputils";
  import type { Token } from "@lumino/coreutils";
  import type { ISignal } from "@lumino/signaling";
  import type { Widget } from "@lumino/widgets";

  export interface ICell {
    readonly model: {
      readonly id: string;
      readonly type: string;
      readonly sharedModel: { getSource(): string; setSource(source: string): void };
    };
  }
  export interface INotebook {
    activeCellIndex: number;
    readonly activeCell: ICell | null;
    readonly widgets: readonly ICell[];
    deselectAll(): void;
    scrollToItem(index: number, align?: string): Promise<void>;
    mode: "command" | "edit";
  }
  export interface NotebookPanel extends Widget {
    readonly content: INotebook;
    readonly sessionContext: ISessionContext;
    readonly context: { readonly path: string; readonly ready: Promise<void> };
  }
  export interface INotebookTracker {
    readonly currentWidget: NotebookPanel | null;
    readonly currentChanged: ISignal<INotebookTracker, NotebookPanel | null>;
    forEach(call: (panel: NotebookPanel) => void): void;
  }
  export const INotebookTracker: Token<INotebookTracker>;
  export namespace NotebookActions {
    function insertBelow(notebook: INotebook): void;
    function run(notebook: INotebook, context: ISessionContext): Promise<boolean>;
  }
}

declare module "@jupyterlab/launcher" {
  import type { Token } from "@lumino/coreutils";

  export interface ILauncher {
    add(item: { command: string; category?: string; rank?: number; kernelIconUrl?: string }): unknown;
  }
  export const ILauncher: Token<ILauncher>;
}

declare module "@jupyterlab/settingregistry" {
  import type { Token } from "@lumino/coreutils";
  import type { ISignal } from "@lumino/signaling";

  export interface ISettings {
    readonly composite: Readonly<Record<string, unknown>>;
    readonly changed: ISignal<ISettings, void>;
  }
  export interface ISettingRegistry {
    load(plugin: string): Promise<ISettings>;
  }
  export const ISettingRegistry: Token<ISettingRegistry>;
}

declare module "@jupyterlab/ui-components" {
  export class LabIcon {
    constructor(options: { name: string; svgstr: string });
  }
}

declare module "@jupyterlab/application" {
  import type { Token } from "@lumino/coreutils";
  import type { Widget } from "@lumino/widgets";

  export interface JupyterFrontEnd {
    readonly commands: {
      addCommand(
        id: string,
        options: {
          label: string | ((args: Record<string, unknown>) => string);
          caption?: string;
          icon?: unknown;
          isEnabled?: () => boolean;
          isVisible?: () => boolean;
          execute: (args: Record<string, unknown>) => unknown;
        },
      ): unknown;
      execute(id: string, args?: Record<string, unknown>): Promise<unknown>;
      hasCommand(id: string): boolean;
      notifyCommandChanged(id?: string): void;
    };
    readonly restored: Promise<void>;
    readonly shell: {
      add(widget: Widget, area?: string, options?: Record<string, unknown>): void;
      activateById(id: string): void;
    };
    readonly serviceManager: {
      readonly contents: {
        save(path: string, model: Record<string, unknown>): Promise<{ path: string }>;
        newUntitled(options: { path: string; type: "notebook" }): Promise<{ path: string }>;
      };
    };
  }
  export interface JupyterFrontEndPlugin {
    id: string;
    description: string;
    autoStart: boolean;
    requires: readonly Token<unknown>[];
    optional: readonly Token<unknown>[];
    // biome-ignore lint/suspicious/noExplicitAny: Lumino passes the services in the order of their tokens
    activate(app: JupyterFrontEnd, ...services: any[]): void;
  }
  export interface ILabShell {
    readonly leftCollapsed?: boolean;
  }
  export const ILabShell: Token<ILabShell>;
  export interface ILayoutRestorer {
    add(widget: Widget, name: string): void;
  }
  export const ILayoutRestorer: Token<ILayoutRestorer>;
}

declare module "*.svg" {
  const text: string;
  export default text;
}
