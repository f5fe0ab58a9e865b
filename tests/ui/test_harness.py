"""The harness itself, on the smallest widget: a click in the browser changes a value in Python."""

from __future__ import annotations

import pytest

from tests.ui.lab import CellError, Lab, Notebook

WIDGET = '''
import anywidget, traitlets

class Counter(anywidget.AnyWidget):
    _esm = """
    function render({ model, el }) {
      const root = el.attachShadow({ mode: "open" });
      const button = document.createElement("button");
      const paint = () => { button.textContent = `clicked ${model.get("clicks")}`; };
      button.addEventListener("click", () => { model.set("clicks", model.get("clicks") + 1); model.save_changes(); });
      model.on("change:clicks", paint);
      paint();
      root.append(button);
    }
    export default { render };
    """
    clicks = traitlets.Int(0).tag(sync=True)

counter = Counter()
# ipykernel 7.4 sends a comm's messages to the shell that last sent on it, here the main one, which may be busy.
if hasattr(counter.comm, "_reply_subshell_for"):
    counter.comm._reply_subshell_for = lambda data, default: default
counter
'''
BUSY = """
import time
end = time.monotonic() + 120
while counter.clicks == 0 and time.monotonic() < end:
    time.sleep(0.01)
print(counter.clicks)
"""


@pytest.fixture
def notebook(lab: Lab) -> Notebook:
    notebook = lab.open([WIDGET, BUSY, "1 / 0"])
    notebook.run(0)
    return notebook


@pytest.mark.usefixtures("quiet")
def test_click_reaches_python(notebook: Notebook) -> None:
    """A click inside a shadow root changes the trait in Python."""
    button = notebook.output(0).locator("button")
    button.click()
    notebook.output(0).get_by_text("clicked 1").wait_for()
    assert notebook.value("counter.clicks") == 1


def test_click_reaches_python_while_a_cell_runs(notebook: Notebook) -> None:
    """With kernel subshells a click is heard by Python in the middle of a running cell."""
    notebook.start(1)
    assert notebook.is_running(1)
    notebook.output(0).locator("button").click()
    notebook.wait(1)
    assert notebook.outputs(1)[0]["text"].strip() == "1"


def test_error_in_a_cell_is_raised(notebook: Notebook) -> None:
    """A cell that fails fails the test, with its traceback."""
    with pytest.raises(CellError, match="ZeroDivisionError"):
        notebook.run(2)


def test_second_view_reload_and_restart(lab: Lab, notebook: Notebook) -> None:
    """Two views share one model; a reload keeps the kernel, a restart makes another world."""
    view = notebook.second_view(0)
    view.locator("button").click()
    notebook.output(0).get_by_text("clicked 1").wait_for()
    notebook.save()
    kernel = notebook.kernel_id()
    lab.reload()
    again = lab.open_path(notebook.path)
    assert again.kernel_id() == kernel
    assert again.value("counter.clicks") == 1
    again.restart_kernel()
    assert again.value("'counter' in globals()") is False


@pytest.mark.usefixtures("quiet")
def test_saved_notebook_opens_without_a_kernel(lab: Lab, notebook: Notebook) -> None:
    """A notebook can be closed with its kernel, and opened again without one."""
    notebook.save()
    notebook.close(shut_down=True)
    again = lab.open_path(notebook.path, kernel=False)
    assert again.outputs(0)[0]["output_type"] == "execute_result"
    assert notebook.path not in [one["path"] for one in lab.server.get("sessions")]


def test_themes(lab: Lab) -> None:
    """The theme can be switched, and pictures are kept."""
    lab.theme("dark")
    assert lab.screenshot("harness-dark").stat().st_size > 0
