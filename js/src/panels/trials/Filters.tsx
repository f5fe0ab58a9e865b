import type { Author, ObjectiveInfo, SessionInfo, State } from "../../protocol/messages";
import type { ColumnId, Filter, Sort } from "../../store/ui";
import { stateWords } from "../../words/trial";
import { COLUMNS } from "./columns";
import { MEASURE, STATES } from "./order";

interface Props {
  /** What the person looks at alone, in words; "" for everything. */
  only: string;
  /** Trials are worth something to the person. */
  ranked: boolean;
  further: readonly Pick<ObjectiveInfo, "name" | "label">[];
  filter: Filter;
  sort: Sort;
  session: SessionInfo;
  mayOwn: boolean;
  /** Offer the order as a list, where columns are hidden. */
  narrow: boolean;
  /** Some trials do not count today. */
  standing: boolean;
  onEverywhere(): void;
  onFilter(change: Partial<Filter>): void;
  onSort(column: ColumnId): void;
  /** Null where it is offered elsewhere in sight. */
  onOwn: (() => void) | null;
}

export function Filters(props: Props) {
  const { filter, sort, session, mayOwn, narrow, onFilter, onSort, onOwn } = props;
  const clear = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || filter.text === "") return;
    event.stopPropagation();
    onFilter({ text: "" });
  };
  return (
    <div class="filters" role="search">
      <input
        class="field search"
        type="search"
        placeholder="Find lightgbm, #31, failed…"
        aria-label="Find trials"
        value={filter.text}
        onInput={(event) => onFilter({ text: event.currentTarget.value })}
        onKeyDown={clear}
      />
      <select
        class="field"
        aria-label="Model"
        value={filter.family}
        onChange={(event) => onFilter({ family: event.currentTarget.value })}
      >
        <option value="">all models</option>
        {session.families.map((family) => (
          <option key={family.name} value={family.name}>
            {family.label}
          </option>
        ))}
      </select>
      <select
        class="field"
        aria-label="State"
        value={filter.state}
        onChange={(event) => onFilter({ state: event.currentTarget.value as State | "" })}
      >
        <option value="">all states</option>
        {STATES.map((state) => (
          <option key={state} value={state}>
            {stateWords(state)}
          </option>
        ))}
      </select>
      <select
        class="field"
        aria-label="Proposed by"
        value={filter.author}
        onChange={(event) => onFilter({ author: event.currentTarget.value as Author | "" })}
      >
        <option value="">by anyone</option>
        <option value="you">by you</option>
        <option value="machine">by the machine</option>
      </select>
      {props.standing && (
        <select
          class="field"
          aria-label="In the search space"
          value={filter.standing}
          onChange={(event) => onFilter({ standing: event.currentTarget.value as Filter["standing"] })}
        >
          <option value="">in and outside the space</option>
          <option value="inside">in the search space</option>
          <option value="outside">outside it (grey)</option>
        </select>
      )}
      {narrow && (
        <select
          class="field"
          aria-label="Sort by"
          value={sort.column}
          onChange={(event) => onSort(event.currentTarget.value as ColumnId)}
        >
          {props.ranked && <option value="worth">sort by utility</option>}
          {props.further.map((one) => (
            <option key={one.name} value={`${MEASURE}${one.name}`}>
              sort by {one.label}
            </option>
          ))}
          {COLUMNS.map((column) => (
            <option key={column.id} value={column.id}>
              sort by {column.label === "#" ? "number" : column.label}
            </option>
          ))}
        </select>
      )}
      {props.only !== "" && (
        <button type="button" class="chip only" title="Clear the focus" onClick={props.onEverywhere}>
          only {props.only} <span aria-hidden="true">×</span>
        </button>
      )}
      <span class="grow" />
      {onOwn !== null && (
        <button type="button" class="btn" disabled={!mayOwn} onClick={onOwn}>
          Queue a configuration…
        </button>
      )}
    </div>
  );
}
