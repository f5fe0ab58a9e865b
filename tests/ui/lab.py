"""A real JupyterLab, driven in a real browser.

`LabServer` starts `jupyter lab` in a folder of its own; `Lab` is a browser page on it; `Notebook` is an open notebook.
Waiting is always for something: JavaScript promises of JupyterLab (`window.jupyterapp`), kernel states, or selectors.
Selectors pierce open shadow roots, so a widget's inside is found like everything else::

    notebook = lab.open(["import anywidget", "show()"])
    notebook.run(0)
    notebook.run(1)
    notebook.output(1).locator("button").click()
    assert notebook.value("widget.clicks") == 1
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client import BlockingKernelClient
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page

SECOND = 1000
# Generous, because a busy machine is slow; a test that passes waits for none of them.
START_SECONDS = 180
CELL_SECONDS = 180
PAGE_SECONDS = 120
SIZE = (1400, 1000)
SCREENSHOTS = Path(__file__).parent / "screenshots"
# Leaves a kernel as if nothing had been run in it; what was imported stays.
_CLEAN = """
import gc, sys
if "hitl_widget" in sys.modules:
    for _one in gc.get_objects():
        if type(_one) is sys.modules["hitl_widget"].AutoMLSession:
            _one.close()
if "ipywidgets" in sys.modules:
    sys.modules["ipywidgets"].Widget.close_all()
get_ipython().run_line_magic("reset", "-f")
__import__("gc").collect()
"""
# The Python of the kernels, so that the same tests can run on another ipykernel.
KERNEL_PYTHON = os.environ.get("HITL_UI_KERNEL_PYTHON", sys.executable)
# The Python of JupyterLab, so that they can run on another JupyterLab.
LAB_PYTHON = os.environ.get("HITL_UI_LAB_PYTHON", sys.executable)
# Said by JupyterLab and its widget manager themselves; the last one when a notebook with a widget has no kernel.
NOISE = re.compile(
    r"favicon\.ico|ResizeObserver loop|/lsp/|api/nbconvert"
    r"|null \(reading 'kernel'\)\s+at \w+ \(\S+@jupyter-widgets/jupyterlab-manager/"
)

_LIBRARY = """
window.hitl = {
  app: () => window.jupyterapp,
  panel: (path) => {
    for (const panel of window.jupyterapp.shell.widgets("main"))
      if (panel.context && panel.context.path === path) return panel;
    throw new Error(`no open notebook ${path}`);
  },
  limit: (promise, ms, what) => Promise.race([
    promise,
    new Promise((_, reject) => setTimeout(() => reject(new Error(`${what}: not within ${ms} ms`)), ms)),
  ]),
  until: async (test, ms, what) => {
    const end = performance.now() + ms;
    while (!test()) {
      if (performance.now() > end) throw new Error(`${what}: not within ${ms} ms`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  },
  news: (panel, ms) => new Promise((resolve) => {
    const { kernel } = panel.sessionContext.session;
    const done = () => {
      clearTimeout(timer);
      kernel.iopubMessage.disconnect(heard);
      resolve();
    };
    const heard = (_, { header }) => { if (header.msg_type.startsWith("comm_")) done(); };
    const timer = setTimeout(done, ms);
    kernel.iopubMessage.connect(heard);
  }),
  value: async (panel, code) => {
    const { kernel } = panel.sessionContext.session;
    const future = kernel.requestExecute({ code, store_history: false, stop_on_error: false });
    let text = "", failure = null;
    future.onIOPub = ({ header, content }) => {
      if (header.msg_type === "stream" && content.name === "stdout") text += content.text;
      if (header.msg_type === "error") failure = content.traceback.join("\\n");
    };
    await future.done;
    if (failure) throw new Error(failure);
    return text;
  },
  prompt: (panel, cell) => panel.content.widgets[cell].inputArea.promptNode.textContent.trim(),
  run: async (panel, cell) => {
    window.jupyterapp.shell.activateById(panel.id);
    panel.content.deselectAll();
    panel.content.activeCellIndex = cell;
    await window.jupyterapp.commands.execute("notebook:run-cell");
  },
};
"""


class LabServer:
    """`jupyter lab` on a free port, in a folder of its own, with nothing of the person's settings and no network.

    Parameters
    ----------
    folder
        An empty folder: notebooks in `notebooks/`, settings, workspaces, kernel specs and the log beside it.
    kernel_python
        The Python whose ipykernel runs the notebooks.
    """

    def __init__(self, folder: Path, kernel_python: str = KERNEL_PYTHON) -> None:
        self.folder = folder
        self.notebooks = folder / "notebooks"
        self.runtime = folder / "runtime"
        self.log = folder / "jupyter.log"
        self.kept: set[str] = set()
        """Paths of notebooks whose kernels outlive a test."""
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.notebooks.mkdir(parents=True)
        self._write_kernel_spec(kernel_python)
        self._write_settings()
        self._process = self._start()

    def close(self) -> None:
        """End the server and its kernels."""
        if self._process.poll() is None:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(urllib.request.Request(f"{self.url}/api/shutdown", method="POST"), timeout=5)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=10)
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def get(self, path: str) -> Any:
        """Ask the server's REST interface."""
        with urllib.request.urlopen(f"{self.url}/api/{path}", timeout=60) as answer:
            return json.load(answer)

    def shut_down_kernels(self) -> None:
        """End all kernels but the kept ones, so that no test computes in the next one's time."""
        for session in self.get("sessions"):
            if session["path"] in self.kept:
                continue
            request = urllib.request.Request(f"{self.url}/api/sessions/{session['id']}", method="DELETE")
            urllib.request.urlopen(request, timeout=60).close()

    def _write_kernel_spec(self, python: str) -> None:
        spec = self.folder / "share" / "kernels" / "python3"
        spec.mkdir(parents=True)
        arguments = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        metadata = {"debugger": False, "supported_features": ["kernel subshells"]}
        text = {"argv": arguments, "display_name": "Python 3", "language": "python", "metadata": metadata}
        (spec / "kernel.json").write_text(json.dumps(text))

    def _write_settings(self) -> None:
        self.settings = self.folder / "settings"
        quiet = {"fetchNews": "false", "checkForUpdates": False}
        # A save at a bad moment would make tests of saved notebooks depend on time.
        for plugin, values in {
            "apputils-extension/notification": quiet,
            "docmanager-extension/plugin": {"autosave": False},
        }.items():
            file = self.settings / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values))

    def _start(self) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "JUPYTERLAB_SETTINGS_DIR": str(self.settings),
            "JUPYTERLAB_WORKSPACES_DIR": str(self.folder / "workspaces"),
            "JUPYTER_CONFIG_DIR": str(self.folder / "config"),
            "JUPYTER_DATA_DIR": str(self.folder / "share"),
            "JUPYTER_RUNTIME_DIR": str(self.runtime),
            "JUPYTER_PREFER_ENV_PATH": "0",
            "IPYTHONDIR": str(self.folder / "ipython"),
            "XDG_DATA_HOME": str(self.folder / "data"),
        }
        command = [
            LAB_PYTHON,
            "-m",
            "jupyterlab",
            "--no-browser",
            "--expose-app-in-browser",
            f"--ServerApp.port={self.port}",
            "--ServerApp.ip=127.0.0.1",
            "--ServerApp.port_retries=0",
            f"--ServerApp.root_dir={self.notebooks}",
            "--IdentityProvider.token=",
            "--ServerApp.password=",
            "--ServerApp.disable_check_xsrf=True",
            "--ServerApp.allow_root=True",
            "--LabApp.news_url=",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
            "--LabApp.extension_manager=readonly",
        ]
        with self.log.open("wb") as log:
            process = subprocess.Popen(
                command, cwd=self.folder, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise RuntimeError(f"jupyter lab ended with code {process.returncode}:\n{self.log.read_text()}")
            with contextlib.suppress(OSError, urllib.error.URLError):
                self.get("status")
                return process
            time.sleep(0.1)
        raise TimeoutError(f"jupyter lab did not answer within {START_SECONDS} s:\n{self.log.read_text()}")


def shared_context(browser: Browser) -> BrowserContext:
    """Return a context of the browser whose pages have what `Lab` needs.

    Its pages ask for less motion: without a graphics card, a pulsing mark takes a third of a core as long as it shows.
    """
    context = browser.new_context(reduced_motion="reduce")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.add_init_script(_LIBRARY)
    return context


class Lab:
    """One browser page with JupyterLab.

    Parameters
    ----------
    server
        The server; several pages may share it.
    browser
        Playwright's browser.
    size
        Width and height of the page in CSS pixels.
    context
        A context of the browser to share with other pages, made by `shared_context`: they fetch and compile
        JupyterLab's files once. None for one that the page has alone.
    """

    def __init__(
        self,
        server: LabServer,
        browser: Browser,
        size: tuple[int, int] = SIZE,
        context: BrowserContext | None = None,
    ) -> None:
        self.server = server
        self._shared = context is not None
        self._context = context or shared_context(browser)
        self.page: Page = self._context.new_page()
        self.page.set_default_timeout(PAGE_SECONDS * SECOND)
        self.resize(*size)
        self.errors: list[str] = []
        """Errors of the console and uncaught exceptions of the page, without what JupyterLab says by itself."""
        self.dialogs: list[str] = []
        """Texts of `alert`, `confirm` and `prompt`: each was dismissed."""
        self.opened: list[str] = []
        """Paths of the notebooks that `open` made."""
        self._spare: Notebook | None = None
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self._heard(error.stack or str(error)))
        self.page.on("dialog", self._on_dialog)
        self.page.goto(f"{server.url}/lab/workspaces/{uuid.uuid4().hex}?reset")
        self._ready()

    def open(
        self, cells: Sequence[str] | nbformat.NotebookNode, *, name: str | None = None, kernel: bool = True
    ) -> Notebook:
        """Write a notebook made from the cells' sources (or a given one), and open it.

        With ``kernel=False`` it is opened without one, as a saved notebook that nobody has run. After `tidy` the open
        notebook takes the cells, and its kernel, at rest and empty, runs them.
        """
        spare, self._spare = self._spare, None
        if spare is not None and kernel and name is None and not isinstance(cells, nbformat.NotebookNode):
            spare.refill(cells)
            return spare
        notebook = cells if isinstance(cells, nbformat.NotebookNode) else _notebook(cells)
        path = f"{name or uuid.uuid4().hex}.ipynb"
        nbformat.write(notebook, self.server.notebooks / path)
        self.opened.append(path)
        return self.open_path(path, kernel=kernel)

    def open_path(self, path: str, *, kernel: bool = True, idle: bool = True) -> Notebook:
        """Open a notebook that is in the server's folder; wait for its kernel to be idle, unless told otherwise."""
        self.page.evaluate(
            """async ([path, kernel]) => {
              const preference = kernel
                ? { name: "python3", shouldStart: true, autoStartDefault: true }
                : { shouldStart: false, canStart: false };
              const options = { path, factory: "Notebook", kernelPreference: preference };
              await hitl.limit(hitl.app().commands.execute("docmanager:open", options), 60000, "open the notebook");
              await hitl.limit(hitl.panel(path).context.ready, 60000, "read the notebook");
              await hitl.limit(hitl.panel(path).revealed, 60000, "show the notebook");
            }""",
            [path, kernel],
        )
        notebook = Notebook(self, path)
        if kernel and idle:
            notebook.wait_for_kernel()
        return notebook

    def reload(self) -> None:
        """Reload the page; notebooks that were open are to be opened again with `open_path`, as they were saved."""
        # A page with unsaved changes would ask whether it may go.
        self.page.evaluate(
            """() => {
              for (const { context } of hitl.app().shell.widgets("main")) if (context) context.model.dirty = false;
            }"""
        )
        self.page.reload()
        self._ready()

    def activate(self, notebook: Notebook) -> None:
        """Bring an open notebook to the front."""
        self.page.evaluate("(id) => hitl.app().shell.activateById(id)", notebook.panel_id())

    def theme(self, name: str) -> None:
        """Switch to the "light" or "dark" theme."""
        theme = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}[name]
        self.page.evaluate(
            "(theme) => hitl.app().commands.execute('apputils:change-theme', { theme })",
            theme,
        )
        light = "true" if name == "light" else "false"
        self.page.locator(f"body[data-jp-theme-light='{light}']").wait_for(state="attached")
        # While the cover of one change is there, the next change makes JupyterLab throw.
        self.page.locator("#jupyterlab-splash").wait_for(state="detached")

    def resize(self, width: int, height: int = 1000) -> None:
        """Give the page another size, in CSS pixels."""
        self.page.set_viewport_size({"width": width, "height": height})

    def screenshot(self, name: str, target: Locator | None = None) -> Path:
        """Keep a picture of the page, or of one element, in `screenshots/NAME.png`."""
        SCREENSHOTS.mkdir(exist_ok=True)
        file = SCREENSHOTS / f"{name}.png"
        (target or self.page).screenshot(path=file, animations="disabled")
        return file

    def command(self, identifier: str, arguments: dict[str, Any] | None = None) -> None:
        """Execute a command of JupyterLab and wait for its end."""
        self.page.evaluate(
            "([id, args]) => hitl.limit(hitl.app().commands.execute(id, args).then(() => null), 60000, id)",
            [identifier, arguments or {}],
        )

    def tidy(self) -> str:
        """Leave the page as it was at first, but for one notebook, which `open` fills next; return its path, or "".

        It is the first one that is open with its kernel, which goes on without a variable or a session. All other tabs
        are closed, in the order in which the widget manager stumbles least: the notebook before its kernel.
        """
        path: str | None = self.page.evaluate(
            """(paths) => {
              const status = (panel) => panel.sessionContext?.session?.kernel?.status ?? "dead";
              const panels = [...hitl.app().shell.widgets("main")].filter((panel) => status(panel) !== "dead");
              const open = panels.map((panel) => panel.context.path);
              return paths.find((path) => open.includes(path)) ?? null;
            }""",
            self.opened,
        )
        self._spare = Notebook(self, path) if path else None
        if self._spare is not None:
            self._spare.clean()
        self.page.evaluate(
            """(spare) => {
              const app = hitl.app();
              for (const one of [...app.shell.widgets("main")]) {
                if (one.context?.path === spare) continue;
                if (one.context) one.context.model.dirty = false;
                one.dispose();
              }
              app.shell.collapseLeft();
            }""",
            path,
        )
        self.opened[:] = [path] if path else []
        self.theme("light")
        self.resize(*SIZE)
        self.errors.clear()
        self.dialogs.clear()
        return path or ""

    def close(self) -> None:
        """Close the page. Kernels go on, as they do when a person closes the tab."""
        self.page.close()
        if not self._shared:
            self._context.close()

    def _ready(self) -> None:
        self.page.wait_for_function("() => window.jupyterapp", timeout=START_SECONDS * SECOND)
        self.page.evaluate("() => hitl.limit(window.jupyterapp.restored.then(() => null), 60000, 'restore')")
        # The first screen's sidebar takes width and shows the files of the test.
        self.page.evaluate("() => window.jupyterapp.shell.collapseLeft()")

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._heard(f"{message.text} ({message.location.get('url', '')})")

    def _heard(self, error: str) -> None:
        if not NOISE.search(error):
            self.errors.append(error)

    def _on_dialog(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()


class Notebook:
    """A notebook open in a `Lab`. Cells are counted from 0."""

    def __init__(self, lab: Lab, path: str) -> None:
        self.lab = lab
        self.page = lab.page
        self.path = path

    # Cells

    def run(self, cell: int, *, seconds: float = CELL_SECONDS) -> list[dict[str, Any]]:
        """Run a cell, wait for its end, and give its outputs (nbformat); an error in the cell is raised here."""
        self._evaluate(
            "(panel, [cell, ms]) => hitl.limit(hitl.run(panel, cell), ms, `cell ${cell}`)", [cell, seconds * SECOND]
        )
        outputs = self.outputs(cell)
        for output in outputs:
            if output["output_type"] == "error":
                raise CellError("\n".join(output["traceback"]))
        return outputs

    def start(self, cell: int) -> None:
        """Run a cell without waiting for its end; see `wait`."""
        self._evaluate("(panel, cell) => { hitl.run(panel, cell); }", cell)
        self._evaluate(
            "(panel, cell) => hitl.until(() => hitl.prompt(panel, cell) === '[*]:', 60000, `start of cell ${cell}`)",
            cell,
        )

    def wait(self, cell: int, *, seconds: float = CELL_SECONDS) -> None:
        """Wait for the end of a cell that `start` started."""
        self._evaluate(
            "(panel, [cell, ms]) => hitl.until(() => hitl.prompt(panel, cell) !== '[*]:', ms, `end of cell ${cell}`)",
            [cell, seconds * SECOND],
        )

    def is_running(self, cell: int) -> bool:
        """True while a cell runs or waits for its turn."""
        return bool(self._evaluate("(panel, cell) => hitl.prompt(panel, cell) === '[*]:'", cell))

    def add(self, source: str) -> int:
        """Append a code cell and give its index."""
        return int(
            self._evaluate(
                """(panel, source) => {
                  const model = panel.content.model;
                  model.sharedModel.insertCell(model.cells.length, { cell_type: "code", source });
                  return model.cells.length - 1;
                }""",
                source,
            )
        )

    def refill(self, sources: Sequence[str]) -> None:
        """Replace all cells."""
        self._evaluate(
            """(panel, sources) => {
              const { sharedModel } = panel.content.model;
              const old = sharedModel.cells.length;
              sharedModel.insertCells(old, sources.map((source) => ({ cell_type: "code", source })));
              sharedModel.deleteCellRange(0, old);
              panel.content.activeCellIndex = 0;
              hitl.app().shell.activateById(panel.id);
            }""",
            list(sources),
        )

    def clean(self) -> None:
        """Close the sessions and the widgets of the kernel, and forget its variables and the outputs."""
        self._evaluate("(panel, code) => hitl.limit(hitl.value(panel, code).then(() => null), 60000, 'clean')", _CLEAN)
        self.refill([""])

    def sources(self) -> list[str]:
        """The sources of all cells."""
        found: list[str] = self._evaluate(
            "(panel) => [...panel.content.model.cells].map((cell) => cell.sharedModel.getSource())"
        )
        return found

    def active_cell(self) -> int:
        """Index of the cell that has the cursor."""
        return int(self._evaluate("(panel) => panel.content.activeCellIndex"))

    def scroll_to(self, cell: int) -> None:
        """Make a cell the active one and show it."""
        self._evaluate(
            "(panel, cell) => { panel.content.activeCellIndex = cell; return panel.content.scrollToItem(cell); }", cell
        )

    def panel_id(self) -> str:
        """Id of the notebook's panel in JupyterLab's shell."""
        return str(self._evaluate("(panel) => panel.id"))

    def outputs(self, cell: int) -> list[dict[str, Any]]:
        """The outputs of a cell as they would be saved (nbformat)."""
        found: list[dict[str, Any]] = self._evaluate(
            "(panel, cell) => panel.content.model.cells.get(cell).outputs.toJSON()", cell
        )
        return found

    def output(self, cell: int) -> Locator:
        """The output area of a cell on the page; a widget's shadow root is searched through it."""
        self._evaluate("(panel, cell) => panel.content.scrollToItem(cell)", cell)
        cell_node = f"[data-hitl='{self._mark()}'] [data-windowed-list-index='{cell}']"
        return self.page.locator(f"{cell_node} .jp-Cell-outputArea")

    def value(self, expression: str, *, seconds: float = CELL_SECONDS) -> Any:
        """The value of a Python expression in the notebook's kernel, by way of JSON; it waits for running cells."""
        text: str = self._evaluate(
            "(panel, [code, ms]) => hitl.limit(hitl.value(panel, code), ms, 'value')",
            [_printed(expression), seconds * SECOND],
        )
        return json.loads(text.strip().splitlines()[-1])

    def wait_for(self, expression: str, *, seconds: float = CELL_SECONDS) -> Any:
        """Wait until a Python expression is true in the idle kernel, and give its value.

        It is asked again when the kernel has sent something to the page, and once a second for what sends nothing.
        """
        text: str | None = self._evaluate(
            """async (panel, [code, ms]) => {
              const end = performance.now() + ms;
              while (performance.now() < end) {
                const text = await hitl.limit(hitl.value(panel, code), ms, "value");
                const said = text.trim().split("\\n").at(-1);
                if (!["null", "false", "0", '""', "[]", "{}", "0.0"].includes(said)) return said;
                await hitl.news(panel, 1000);
              }
              return null;
            }""",
            [_printed(expression), seconds * SECOND],
        )
        if text is None:
            raise TimeoutError(f"{expression!r} did not become true within {seconds} s")
        return json.loads(text)

    # Kernel

    def wait_for_kernel(self) -> None:
        """Wait until the kernel is there and idle."""
        self._evaluate(
            """async (panel) => {
              await hitl.limit(panel.sessionContext.ready, 180000, "kernel");
              await hitl.until(() => panel.sessionContext.session?.kernel?.status === "idle", 180000, "idle kernel");
            }"""
        )

    def restart_kernel(self) -> None:
        """Restart the kernel as the menu does, without the question."""
        self._evaluate(
            "(panel) => hitl.limit(panel.sessionContext.session.kernel.restart(), 180000, 'restart').then(() => null)"
        )
        self.wait_for_kernel()

    def interrupt_kernel(self) -> None:
        """Interrupt the kernel, as Ctrl-C does."""
        self._evaluate("(panel) => panel.sessionContext.session.kernel.interrupt().then(() => null)")

    def kernel_id(self) -> str:
        """The kernel's id on the server."""
        return str(self._evaluate("(panel) => panel.sessionContext.session.kernel.id"))

    @contextlib.contextmanager
    def client(self) -> Iterator[BlockingKernelClient]:
        """A second client of the kernel, past the browser."""
        client = BlockingKernelClient(connection_file=str(self.lab.server.runtime / f"kernel-{self.kernel_id()}.json"))
        client.load_connection_file()
        client.start_channels()
        try:
            yield client
        finally:
            client.stop_channels()

    # Document

    def save(self) -> nbformat.NotebookNode:
        """Save, and give what was written; widget states go along when JupyterLab is set to save them."""
        self._evaluate("(panel) => hitl.limit(panel.context.save(), 60000, 'save').then(() => null)")
        written: nbformat.NotebookNode = nbformat.read(self.lab.server.notebooks / self.path, as_version=4)
        return written

    def close(self, *, shut_down: bool = False) -> None:
        """Close the tab, with the kernel or leaving it alive."""
        self._evaluate(
            """async (panel, shutDown) => {
              // In this order: the widget manager stumbles over a session that ends under an open notebook.
              const session = panel.sessionContext.session?.id;
              panel.context.model.dirty = false;
              panel.dispose();
              if (shutDown && session) await hitl.app().serviceManager.sessions.shutdown(session);
            }""",
            shut_down,
        )

    def second_view(self, cell: int) -> Locator:
        """Show a cell's output in a view of its own beside the notebook, as "Create New View for Cell Output" does."""
        self._evaluate(
            """async (panel, cell) => {
              panel.content.activeCellIndex = cell;
              hitl.app().shell.activateById(panel.id);
              await hitl.limit(hitl.app().commands.execute("notebook:create-output-view"), 60000, "second view");
            }""",
            cell,
        )
        return self.page.locator(".jp-LinkedOutputView")

    def _mark(self) -> str:
        """Mark the panel's element, so that selectors find this notebook among several."""
        return str(self._evaluate("(panel) => (panel.node.dataset.hitl = panel.id)"))

    def _evaluate(self, function: str, argument: Any = None) -> Any:
        code = f"([path, argument]) => ({function})(hitl.panel(path), argument)"
        return self.page.evaluate(code, [self.path, argument])


class CellError(AssertionError):
    """A cell ended with an exception; the message is its traceback."""


def _printed(expression: str) -> str:
    """Python code that prints the value of an expression as JSON."""
    return f"import json as _json\nprint(_json.dumps({expression}, default=str))"


def _notebook(cells: Sequence[str]) -> nbformat.NotebookNode:
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells], metadata=metadata)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
