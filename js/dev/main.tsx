// The dashboard without a kernel. ?phase=running&rows=38&delay=20&play=300&tab=trials&dark=1&w=480&refuses=1&gone=1&evil=1&steered=1&level=user
import { mount } from "../src/mount";
import type { Phase } from "../src/protocol/messages";
import { SessionStore } from "../src/store/session";
import { ScriptedTable } from "./data";
import { FakeHost } from "./fake";
import { FAMILIES, scriptedSnapshot } from "./scripted";
import { steeredPast } from "./simulation";

const query = new URLSearchParams(location.search);
document.body.dataset.jpThemeLight = query.has("dark") ? "false" : "true";
const holder = document.getElementById("holder") as HTMLElement;
holder.style.width = query.has("w") ? `${query.get("w")}px` : "";

const phase = (query.get("phase") ?? "running") as Phase;
const snapshot = scriptedSnapshot(phase, Number(query.get("rows") ?? 38));
if (query.has("evil")) {
  const evil = '<img src=x onerror="window.hacked=1">';
  for (const family of FAMILIES) family.label = `${evil}${family.label}`;
  snapshot.session = { ...snapshot.session, target: evil };
  snapshot.status = {
    ...snapshot.status,
    headline: `${evil} leads`,
    notices: [{ level: "warn", text: evil, remedy: evil }],
  };
}
if (query.has("lower")) {
  snapshot.session = {
    ...snapshot.session,
    kind: "regression",
    metric: { scorer: "neg_root_mean_squared_error", label: "RMSE", sign: -1, of_target: true },
  };
  snapshot.rows = snapshot.rows.map((row) => {
    const copy = [...row] as typeof row;
    if (copy[3] !== null) copy[3] = -(1 - copy[3]) * 100_000;
    if (copy[4] !== null) copy[4] *= 100_000;
    return copy;
  });
  snapshot.status.baselines = snapshot.status.baselines.map((one) => ({
    ...one,
    score: -(1 - one.score) * 100_000,
  }));
}
const silent = query.has("silent") ? null : Number(query.get("delay") ?? 5);
const table = new ScriptedTable(Number(query.get("columns") ?? 0));
const host = new FakeHost({ snapshot, delay: silent, refuses: query.has("refuses"), table });
host.snapshot.status = { ...host.snapshot.status, ...table.status() };
if (query.has("steered")) {
  steeredPast(host.simulation);
  const { history_version, nudges } = host.simulation.status() as Pick<
    typeof snapshot.status,
    "nudges" | "history_version"
  >;
  host.snapshot = {
    ...host.snapshot,
    steering: host.simulation.steering(),
    status: { ...host.snapshot.status, history_version, nudges },
  };
}
const level = query.get("level");
if (level === "user" || level === "autopilot") {
  host.simulation.autonomy = level;
  host.snapshot = { ...host.snapshot, status: { ...host.snapshot.status, autonomy: level, granted: 3 } };
  host.simulation.granted = 3;
}
const store = new SessionStore(host);
mount(holder, store, query.get("tab") ?? undefined);
if (query.has("gone")) setTimeout(() => host.close(), 300);
if (query.has("play")) host.play(Number(query.get("play")));
Object.assign(window, { host, store });
