import { Popover } from "../../components/Popover";
import type { ColumnId } from "../../store/ui";
import type { SharedSetting } from "../../words/settings";
import type { Column } from "./columns";
import { SETTING } from "./order";
import "./ColumnsMenu.css";

interface Props {
  /** The columns besides settings that may be shown. */
  offered: readonly Column[];
  settings: ReadonlyMap<string, SharedSetting>;
  shown: readonly ColumnId[];
  /** True if the user chose the columns. */
  chosen: boolean;
  onChoose(columns: readonly ColumnId[] | null): void;
}

/** The list of columns to choose from: facts and objectives of trials, then hyperparameters. */
export function ColumnsMenu({ offered, settings, shown, chosen, onChoose }: Props) {
  const toggle = (id: ColumnId) =>
    onChoose(shown.includes(id) ? shown.filter((one) => one !== id) : [...shown, id]);
  return (
    <Popover label="Columns" name="Columns of the table">
      <div class="columns-group">
        <h4>Trial and objectives</h4>
        {offered.map(({ id, label, title }) => (
          <label key={id} title={title}>
            <input type="checkbox" checked={shown.includes(id)} onChange={() => toggle(id)} />
            <span>{label}</span>
          </label>
        ))}
      </div>
      {settings.size > 0 && (
        <div class="columns-group">
          <h4>Settings</h4>
          {[...settings.values()].map((one) => {
            const id: ColumnId = `${SETTING}${one.name}`;
            return (
              <label key={id} title={`Of ${one.families.join(", ")}`}>
                <input type="checkbox" checked={shown.includes(id)} onChange={() => toggle(id)} />
                <span>
                  {one.label} <code>{one.name}</code>
                </span>
              </label>
            );
          })}
        </div>
      )}
      {chosen && (
        <div class="row">
          <button type="button" class="btn small" onClick={() => onChoose(null)}>
            Fit columns to the width
          </button>
        </div>
      )}
    </Popover>
  );
}
