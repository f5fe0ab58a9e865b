import { LabIcon } from "@jupyterlab/ui-components";
import svgstr from "./icon.svg";

export const icon = new LabIcon({ name: "hitl_widget:sessions", svgstr });

/** For the launcher, whose cards of notebooks show a picture and no icon of JupyterLab; it reads on light and on dark. */
export const picture = `data:image/svg+xml,${encodeURIComponent(svgstr.replace("#616161", "#8360e0"))}`;
