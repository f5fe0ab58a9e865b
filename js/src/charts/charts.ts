import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { PictureChart } from "./PictureChart";
import { ProgressChart } from "./ProgressChart";
import { ViewChart } from "./ViewChart";

/** The components that draw charts: Vega draws them on a page, and nothing does in a test. */
export interface Charts {
  readonly Picture: typeof PictureChart;
  readonly Progress: typeof ProgressChart;
  readonly View: typeof ViewChart;
}

export const VEGA: Charts = { Picture: PictureChart, Progress: ProgressChart, View: ViewChart };

export const ChartsContext = createContext(VEGA);

export const useCharts = () => useContext(ChartsContext);
