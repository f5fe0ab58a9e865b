import { useCharts } from "../../charts/charts";
import type { PairInfo, PictureInfo } from "../../protocol/messages";
import type { SessionStore } from "../../store/session";
import { useResource } from "../useResource";
import "./Picture.css";

interface Props {
  store: SessionStore;
  pair: PairInfo;
  kind: PictureInfo["kind"];
  dark: boolean;
}

/** Both curves in one picture, asked for when it is looked at; the last one stays until the next is there. */
export function Picture({ store, pair, kind, dark }: Props) {
  const charts = useCharts();
  const { a, b } = pair;
  const { value: shown, error } = useResource(store.pictures.of([a.number, b.number], kind), 0);
  const fits = shown !== null && shown.kind === kind;
  return (
    <figure class="picture">
      {fits ? (
        <charts.Picture
          picture={shown}
          colours={[a.colour, b.colour]}
          numbers={[a.number, b.number]}
          dark={dark}
        />
      ) : (
        <div class="picture-wait" />
      )}
      <figcaption class={error === "" ? "mute" : "oops"}>
        {error || (fits ? shown.sentence : "Loading the chart…")}
      </figcaption>
    </figure>
  );
}
