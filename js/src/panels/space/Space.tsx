import { useEffect, useMemo, useRef } from "preact/hooks";
import { Lead } from "../../components/Lead";
import { SearchField } from "../../components/SearchField";
import type { FamilyInfo, ParameterInfo, SessionInfo, Status, Steering } from "../../protocol/messages";
import { commandOf, isEmpty, withFamily } from "../../words/draft";
import { countWords } from "../../words/numbers";
import { spaceAside, spaceHeadline } from "../../words/space";
import { TERMS } from "../../words/terms";
import { byName } from "../../words/trial";
import type { PanelProps } from "../context";
import { Nudges } from "../Nudges";
import { redrawEvery } from "../overview/progress";
import { useThrottled } from "../overview/useThrottled";
import { useApply } from "../useApply";
import { usePreview } from "../usePreview";
import { DraftBar } from "./DraftBar";
import { DraftCard } from "./DraftCard";
import { Earlier } from "./Earlier";
import { FamilyChips, type FamilyFacts } from "./FamilyChips";
import { FamilyRows } from "./FamilyRows";
import { deciders, useImportance } from "./useImportance";
import { useSeen } from "./useSeen";
import "./Space.css";

export function Space(props: PanelProps) {
  const session = props.store.session.value;
  const status = props.store.status.value;
  const steering = props.store.steering.value;
  if (session === null || status === null || steering === null) return null;
  return <Loaded {...props} session={session} status={status} steering={steering} />;
}

interface Props extends PanelProps {
  session: SessionInfo;
  status: Status;
  steering: Steering;
}

const ALL = "*";

function Loaded(props: Props) {
  const { store, ui, reachable, dark, session, status, steering, act } = props;
  const version = useThrottled(store.version.value, redrawEvery(store.rows.size));
  const families = useMemo(() => byName(session.families), [session]);
  const searchable = useMemo(
    () => session.families.filter((one) => !one.baseline || one.parameters.length > 0),
    [session],
  );
  const ranges = useMemo(
    () => new Map(steering.ranges.map((range) => [range.name, range])),
    [steering.ranges],
  );
  const given = useMemo(
    () => new Map(session.families.flatMap((one) => one.parameters.map((p) => [p.name, p] as const))),
    [session],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows are one map whose version says that it changed
  const facts = useMemo(() => factsOf(store.today()), [version, store.past.value]);
  const scored = useMemo(() => new Map([...facts].map(([name, one]) => [name, one.trials])), [facts]);

  const draft = ui.draft.now.value;
  useEffect(() => ui.draft.follow(steering), [ui, steering]);
  const command = useMemo(() => commandOf(draft, steering, given), [draft, steering, given]);
  const outside = useThrottled(version, 2000);
  const previewed = usePreview(store.editPreviews, command, outside);
  const card = useRef<HTMLElement>(null);
  const seen = useSeen(card);

  const led = status.best?.family;
  const lead = searchable.find((one) => one.name === led) ?? richest(searchable);
  const picked = ui.spaceFamily.value;
  // The leading family may change; the one shown first stays.
  const stays = useRef("");
  if (stays.current === "" && lead !== undefined && facts.size > 0) stays.current = lead.name;
  const family = searchable.find((one) => one.name === (picked || stays.current)) ?? lead;
  const text = ui.spaceText.value.trim().toLowerCase();
  const groups = useMemo(
    () => found(searchable, text, picked === ALL ? null : (family?.name ?? null)),
    [searchable, text, picked, family],
  );
  const generation = steering.generation;
  const importance = useImportance(
    store,
    groups.map((one) => one.family.name),
    scored,
    generation,
  );

  const { apply, refused, sending, since } = useApply(store, steering, draft, command, () =>
    ui.draft.clear(),
  );
  const applied =
    since === null
      ? null
      : (steering.acts.findLast((one) => one.number > since && one.kind === "space") ?? null);
  const undo = (number: number) => act({ type: "undo", act: number });
  const redo = () => act({ type: "redo" });
  const bar =
    !seen && !isEmpty(draft) ? (
      <DraftBar
        previewed={previewed}
        refused={refused}
        sending={sending}
        disabled={!reachable}
        onApply={apply}
        onDiscard={() => ui.draft.clear()}
      />
    ) : null;
  const shares = family === undefined ? {} : (importance.get(family.name)?.shares ?? {});
  const included = family !== undefined && steering.families.includes(family.name);
  const touchedFamily = families.has(ui.draft.touched.value);
  return (
    <>
      <Lead
        headline={
          family === undefined
            ? "There is nothing to search."
            : spaceHeadline(family, included, deciders(shares))
        }
        aside={spaceAside(family === undefined ? null : (importance.get(family.name) ?? null))}
      />
      <Nudges {...props} />
      <div class="two wide">
        <section class="card rows" aria-labelledby="hitl-q-where">
          <h3 id="hitl-q-where" title={TERMS["search space"]}>
            Where should the search look?
          </h3>
          <p class="say">
            Each dot is a trial; higher means a better score. Gray trials are outside the search space and are
            not ranked.
            <span class="key">
              <i class="ring" aria-hidden="true" /> proposed by you
            </span>
          </p>
          <FamilyChips
            families={searchable}
            byName={families}
            facts={facts}
            metric={session.metric}
            today={steering.families}
            drafted={draft.families}
            belief={steering.beliefs.find((one) => one.about === "family") ?? null}
            disabled={!reachable}
            onInclude={(name, included) =>
              ui.draft.set(withFamily(ui.draft.now.peek(), name, included, steering.families), name)
            }
            act={act}
          />
          {touchedFamily && bar}
          <div class="filters space-filters" role="search">
            <select
              class="field"
              aria-label="Show settings of"
              value={picked === ALL ? ALL : (family?.name ?? "")}
              onChange={(event) => {
                ui.spaceFamily.value = event.currentTarget.value;
                ui.spaceText.value = "";
              }}
            >
              {searchable.map((one) => (
                <option key={one.name} value={one.name}>
                  {one.label} ({countWords(facts.get(one.name)?.trials ?? 0, "trial")})
                </option>
              ))}
              <option value={ALL}>all models</option>
            </select>
            <SearchField
              label="Find a setting"
              placeholder="Find a setting…"
              value={ui.spaceText.value}
              onInput={(text) => {
                ui.spaceText.value = text;
              }}
            />
          </div>
          {groups.length === 0 && (
            <p class="say">{text === "" ? "This model has no settings." : `No setting matches “${text}”.`}</p>
          )}
          {groups.map((group) => (
            <FamilyRows
              key={group.family.name}
              store={store}
              draft={ui.draft}
              family={group.family}
              wanted={group.parameters}
              steering={steering}
              ranges={ranges}
              importance={importance.get(group.family.name)}
              metric={session.metric}
              dark={dark}
              disabled={!reachable}
              version={version}
              titled={groups.length > 1 || text !== ""}
              below={bar}
              onTrial={(number) => {
                ui.drawer.value = { show: "trial", number };
              }}
              act={act}
            />
          ))}
        </section>
        <div class="side">
          <DraftCard
            box={card}
            previewed={previewed}
            drafting={!isEmpty(draft)}
            applied={applied}
            refused={refused}
            cancels={draft.cancels}
            sending={sending}
            disabled={!reachable}
            redoable={steering.redo !== null}
            onCancels={(cancels) => ui.draft.set({ ...draft, cancels }, ui.draft.touched.peek())}
            onApply={apply}
            onDiscard={() => ui.draft.clear()}
            onUndo={undo}
            onRedo={redo}
          />
          <Earlier
            steering={steering}
            label={session.metric.label}
            disabled={!reachable}
            onUndo={undo}
            onRedo={redo}
          />
        </div>
      </div>
    </>
  );
}

/** Before anything leads: the family with the most to steer. */
function richest(families: readonly FamilyInfo[]): FamilyInfo | undefined {
  return [...families].sort((a, b) => b.parameters.length - a.parameters.length)[0];
}

function factsOf(rows: Iterable<{ family: string; state: string; score: number | null }>) {
  const facts = new Map<string, FamilyFacts>();
  for (const row of rows) {
    const held = facts.get(row.family) ?? { trials: 0, best: null };
    held.trials += 1;
    if (
      row.state === "complete" &&
      row.score !== null &&
      row.score > (held.best ?? Number.NEGATIVE_INFINITY)
    ) {
      held.best = row.score;
    }
    facts.set(row.family, held);
  }
  return facts;
}

interface Group {
  family: FamilyInfo;
  parameters: ParameterInfo[];
}

/** The rows to show: those of one family, of all, or the search results among all. */
export function found(families: readonly FamilyInfo[], text: string, only: string | null): Group[] {
  const words = text.split(/\s+/).filter((word) => word !== "");
  return families
    .filter((family) => words.length > 0 || only === null || family.name === only)
    .map((family) => ({
      family,
      parameters: family.parameters.filter((one) => {
        const said = `${one.label} ${one.name} ${family.label}`.toLowerCase();
        return words.every((word) => said.includes(word));
      }),
    }))
    .filter((group) => group.parameters.length > 0);
}
