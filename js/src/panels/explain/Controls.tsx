import type { SessionInfo, ViewInfo, ViewOffer, Views } from "../../protocol/messages";
import type { Options } from "../../store/explanations";
import { byName, familyLabel } from "../../words/trial";
import "./Controls.css";

interface Props {
  offer: ViewOffer;
  info: ViewInfo;
  options: Options;
  views: Views;
  session: SessionInfo;
  onChange(name: string, value: unknown): void;
}

/** Controls for the options of a view. */
export function Controls(props: Props) {
  const shown = props.offer.takes.filter((name) => Object.hasOwn(CONTROLS, name));
  const controls = shown.map((name) => CONTROLS[name]?.({ ...props, name })).filter((one) => one != null);
  return controls.length === 0 ? null : <div class="view-controls">{controls}</div>;
}

interface ControlProps extends Props {
  name: string;
}

const CONTROLS: Readonly<Record<string, (props: ControlProps) => preact.JSX.Element | null>> = {
  column: (props) => (
    <Choice key="column" {...props} label="column" values={offered(props, props.views.columns)} />
  ),
  row: (props) => <RowChoice key="row" {...props} />,
  of: (props) => {
    const classes = offered(props);
    return classes.length === 0 ? null : (
      <Choice key="of" {...props} label="class" values={classes} usual="all, or the strongest class" />
    );
  },
  family: (props) => {
    const families = byName(props.session.families);
    const values = offered(props);
    const words = (name: string) => familyLabel(families, name);
    const whole = props.info.about.family === "" || props.info.about.family === undefined;
    return values.length === 0 ? null : (
      <Choice
        key="family"
        {...props}
        label="family"
        values={values}
        words={words}
        {...(whole && props.options.family === undefined ? { usual: "all" } : {})}
      />
    );
  },
  parameter: (props) => {
    const values = offered(props);
    return values.length === 0 ? null : (
      <Choice key="parameter" {...props} label="setting" values={values} usual="the most important" />
    );
  },
  around: (props) => {
    const values = offered(props);
    const words = (name: string) => (name === "best" ? "as in the best trial" : "averaged over the space");
    return values.length === 0 ? null : (
      <Choice key="around" {...props} label="other settings" values={values} words={words} />
    );
  },
  fold: (props) => {
    const values = offered(props);
    const { onChange } = props;
    return values.length < 2 ? null : (
      <Choice
        key="fold"
        {...props}
        label="fold"
        values={values}
        words={(fold) => String(Number(fold) + 1)}
        onChange={(name, value) => onChange(name, value === undefined ? undefined : Number(value))}
      />
    );
  },
  centred: ({ options, onChange }) => (
    <label key="centred" class="view-control">
      <input
        type="checkbox"
        checked={options.centred === true}
        onChange={(event) => onChange("centred", event.currentTarget.checked ? true : undefined)}
      />
      <span class="mute">start each row’s curve at 0</span>
    </label>
  ),
  threshold: (props) =>
    props.session.kind !== "binary" ? null : (
      <Figure key="threshold" {...props} label="threshold" usual={0.5} most={1} step={0.05} />
    ),
  false_alarm: (props) => <Figure key="false_alarm" {...props} label="cost of a false positive" usual={1} />,
  miss: (props) => <Figure key="miss" {...props} label="cost of a false negative" usual={1} />,
};

function offered({ info, name }: ControlProps, usual: readonly string[] = []): string[] {
  const found = Object.hasOwn(info.options, name) ? info.options[name] : undefined;
  return (found ?? usual).map(String);
}

/** The chosen value, or the default of the kernel. */
function current({ info, options, name }: ControlProps): string {
  const value = options[name] ?? (Object.hasOwn(info.about, name) ? info.about[name] : undefined);
  return value === undefined || value === null ? "" : String(value);
}

interface ChoiceProps extends ControlProps {
  label: string;
  values: readonly string[];
  /** Label of the kernel's default. */
  usual?: string;
  words?(value: string): string;
}

function Choice(props: ChoiceProps) {
  const { name, label, values, usual, words = (value: string) => value, options, onChange } = props;
  const value = usual !== undefined && options[name] === undefined ? "" : current(props);
  return (
    <label class="view-control">
      <span class="mute">{label}</span>
      <select
        class="field"
        value={value}
        onChange={(event) =>
          onChange(name, event.currentTarget.value === "" ? undefined : event.currentTarget.value)
        }
      >
        {(usual !== undefined || !values.includes(value)) && <option value="">{usual ?? ""}</option>}
        {values.map((one) => (
          <option key={one} value={one}>
            {words(one)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Rows that are worth a look: the worst mistake, a borderline one, a typical one. */
function rowsOf(info: ViewInfo): { pick: string; row: number; words: string }[] {
  const rows = Object.hasOwn(info.data, "rows") ? (info.data.rows ?? []) : [];
  return rows.flatMap(({ pick, row, words }) =>
    typeof pick === "string" && typeof row === "number" ? [{ pick, row, words: String(words ?? "") }] : [],
  );
}

function RowChoice(props: ControlProps) {
  const { info, views, onChange } = props;
  const row = Number(current(props) || 0);
  const go = (to: number) => {
    if (Number.isInteger(to) && to >= 0 && to < views.rows && to !== row) onChange("row", to);
  };
  return (
    <div class="view-control" role="group" aria-label="Row">
      <span class="mute">row</span>
      <button
        type="button"
        class="btn small"
        aria-label="Previous row"
        disabled={row <= 0}
        onClick={() => go(row - 1)}
      >
        ‹
      </button>
      <input
        class="field tiny"
        type="number"
        min={0}
        max={views.rows - 1}
        step={1}
        aria-label="Row number"
        value={row}
        onChange={(event) => go(Number(event.currentTarget.value))}
      />
      <button
        type="button"
        class="btn small"
        aria-label="Next row"
        disabled={row >= views.rows - 1}
        onClick={() => go(row + 1)}
      >
        ›
      </button>
      {rowsOf(info).map(({ pick, row: one, words }) => (
        <button
          key={pick}
          type="button"
          class="chip"
          title={words}
          aria-pressed={one === row}
          onClick={() => go(one)}
        >
          {pick}
        </button>
      ))}
    </div>
  );
}

interface FigureProps extends ControlProps {
  label: string;
  usual: number;
  most?: number;
  step?: number;
}

function Figure(props: FigureProps) {
  const { name, label, usual, most, step = 1, options, onChange } = props;
  const value = typeof options[name] === "number" ? options[name] : usual;
  return (
    <label class="view-control">
      <span class="mute">{label}</span>
      <input
        class="field tiny"
        type="number"
        min={0}
        {...(most === undefined ? {} : { max: most })}
        step={step}
        value={value}
        onChange={(event) => {
          const { value: text } = event.currentTarget;
          const number = Number(text);
          if (
            text.trim() === "" ||
            !Number.isFinite(number) ||
            number < 0 ||
            (most !== undefined && number > most)
          ) {
            event.currentTarget.value = String(value);
          } else onChange(name, number === usual ? undefined : number);
        }}
      />
    </label>
  );
}
