import { useEffect } from "preact/hooks";
import type { PictureInfo } from "../protocol/messages";
import { picturePoints } from "./picture";
import calibration from "./specs/calibration.json";
import residuals from "./specs/residuals.json";
import roc from "./specs/roc.json";
import { colours, familyHue } from "./theme";
import { useView } from "./useView";
import { replace, type Spec } from "./vega";
import "./PictureChart.css";

const SPECS: Record<PictureInfo["kind"], unknown> = { roc, calibration, residuals };

interface Props {
  picture: PictureInfo;
  /** Suffix of the family's colour variable, of A and of B. */
  colours: readonly [string, string];
  numbers: readonly [number, number];
  dark: boolean;
}

/** The chart of a kind is embedded once; curves, colours and size change in place. */
export function PictureChart({ picture, colours: families, numbers, dark }: Props) {
  const { kind } = picture;
  const { holder, view } = useView(SPECS[kind] as Spec);

  // biome-ignore lint/correctness/useExhaustiveDependencies: dark changes what the CSS variables say
  useEffect(() => {
    const made = view.current;
    const element = holder.current;
    if (made === null || element === null) return;
    const style = getComputedStyle(element);
    replace(made, "curves", picturePoints(picture, numbers));
    for (const [name, value] of Object.entries(colours(element))) made.signal(name, value);
    const alike = families[0] === families[1];
    made.signal("hue_a", familyHue(style, families[0]));
    made.signal("hue_b", alike ? colours(element).ink : familyHue(style, families[1]));
    made.runAsync();
  }, [picture, kind, numbers[0], numbers[1], families[0], families[1], dark]);

  return (
    <div class="picture-chart">
      <span class="picture-y" aria-hidden="true">
        {picture.y}
      </span>
      <div
        ref={holder}
        class="chart-canvas"
        role="img"
        aria-label={`${picture.y} against ${picture.x}. A is #${numbers[0]}, B is #${numbers[1]}. ${picture.sentence}`}
      />
      <span class="picture-x" aria-hidden="true">
        {picture.x}
      </span>
    </div>
  );
}
