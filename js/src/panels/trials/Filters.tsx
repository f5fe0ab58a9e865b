import type { ComponentChildren } from "preact";
import { SearchField } from "../../components/SearchField";
import type { Author, ObjectiveInfo, SessionInfo, State } from "../../protocol/messages";
import type { ColumnId, Filter, Sort } from "../../store/ui";
import { formatCount } from "../../words/numbers";
import { stateWords } from "../../words/trial";
import { COLUMNS } from "./columns";
import { MEASURE, STATES } from "./order";

interface Props {
  /** The selected range in words; "" for all trials. */
  only: string;
  /** True if trials have a utility. */
  ranked: boolean;
  further: readonly Pick<ObjectiveInfo, "name" | "label">[];
  filter: Filter;
  /** The reason why a part of the search could not be read. */
  problem: string;
  /** A search that works in this session. */
  example: string;
  /** More controls, before the button that queues a configuration. */
  children: ComponentChildren;
  sort: Sort;
  session: SessionInfo;
  mayOwn: boolean;
  /** Offers the sort order as a list, if columns are hidden. */
  narrow: boolean;
  /** Some trials do not count today. */
  standing: boolean;
  /** Number of trials measured on other data than today's. */
  past: number;
  onEverywhere(): void;
  onFilter(change: Partial<Filter>): void;
  onSort(column: ColumnId): void;
  /** Null if another visible button offers it. */
  onOwn: (() => void) | null;
}

export function Filters(props: Props) {
  const { filter, sort, session, mayOwn, narrow, onFilter, onSort, onOwn } = props;
  return (
    <div class="filters" role="search">
      <SearchField
        label="Find trials"
        placeholder={`Find: ${props.example}`}
        title={HINT}
        problemId="hitl-find-problem"
        wrong={props.problem !== ""}
        value={filter.text}
        onInput={(text) => onFilter({ text })}
      />
      <Pick
        label="Model"
        value={filter.family}
        options={[["", "all models"], ...session.families.map((one) => [one.name, one.label] as const)]}
        onPick={(family) => onFilter({ family })}
      />
      <Pick
        label="State"
        value={filter.state}
        options={[["", "all states"], ...STATES.map((state) => [state, stateWords(state)] as const)]}
        onPick={(state) => onFilter({ state: state as State | "" })}
      />
      <Pick
        label="Proposed by"
        value={filter.author}
        options={[
          ["", "proposed by anyone"],
          ["you", "by you"],
          ["machine", "by the search"],
        ]}
        onPick={(author) => onFilter({ author: author as Author | "" })}
      />
      {props.standing && (
        <Pick
          label="In the search space"
          value={filter.standing}
          options={[
            ["", "inside and outside"],
            ["inside", "in the search space"],
            ["outside", "outside the space (gray)"],
          ]}
          onPick={(standing) => onFilter({ standing: standing as Filter["standing"] })}
        />
      )}
      {narrow && (
        <Pick
          label="Sort by"
          value={sort.column}
          options={[
            ...(props.ranked ? [["worth", "sort by utility"] as const] : []),
            ...props.further.map((one) => [`${MEASURE}${one.name}`, `sort by ${one.label}`] as const),
            ...COLUMNS.map(({ id, label }) => [id, `sort by ${label === "#" ? "number" : label}`] as const),
          ]}
          onPick={(column) => onSort(column as ColumnId)}
        />
      )}
      {(props.past > 0 || filter.earlier) && (
        <button
          type="button"
          class="chip"
          aria-pressed={filter.earlier}
          title="Trials measured before the data changed, instead of today's"
          onClick={() => onFilter({ earlier: !filter.earlier })}
        >
          before the data changed ({formatCount(props.past)})
        </button>
      )}
      {props.only !== "" && (
        <button type="button" class="chip only" title="Clear the focus" onClick={props.onEverywhere}>
          only {props.only} <span aria-hidden="true">×</span>
        </button>
      )}
      <div class="filter-acts">
        {props.children}
        {onOwn !== null && (
          <button type="button" class="btn" disabled={!mayOwn} onClick={onOwn}>
            Queue a configuration…
          </button>
        )}
      </div>
      <p id="hitl-find-problem" class="oops" role="status">
        {props.problem !== "" && `${props.problem} This part of the search is ignored.`}
      </p>
    </div>
  );
}

const HINT =
  "Words: a model, a state, #3, a tag, slow or fast (quarter of the trials by fit time). Comparisons: num_leaves > 60, score >= 0.85, booster = dart.";

interface PickProps {
  label: string;
  value: string;
  /** Values with their words. */
  options: readonly (readonly [value: string, words: string])[];
  onPick(value: string): void;
}

function Pick({ label, value, options, onPick }: PickProps) {
  return (
    <select
      class="field"
      aria-label={label}
      value={value}
      onChange={(event) => onPick(event.currentTarget.value)}
    >
      {options.map(([one, words]) => (
        <option key={one} value={one}>
          {words}
        </option>
      ))}
    </select>
  );
}
