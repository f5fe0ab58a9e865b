import "./Lead.css";

const NUMBER = /(−?\d[\d,]*(?:\.\d+)?(?:\s*±\s*\d[\d,]*(?:\.\d+)?)?)/;

/** The score of the sentence is set bold: the number with a spread, or else the first with a decimal point. */
function emphasised(text: string) {
  const parts = text.split(NUMBER);
  const scored = parts.some((part) => part.includes("±"));
  const first = parts.findIndex((part, i) => i % 2 === 1 && part.includes("."));
  return parts.map((part, i) => {
    const chosen = scored ? part.includes("±") : i === first;
    if (i % 2 === 0 || !chosen) return part;
    const [value, spread] = part.split(/\s*±\s*/);
    return (
      <>
        <b class="num">{value}</b>
        {spread !== undefined && <span class="mute num"> ± {spread}</span>}
      </>
    );
  });
}

export function Lead({ headline, aside }: { headline: string; aside: string }) {
  return (
    <p class="lead">
      {emphasised(headline)}
      {aside !== "" && <span class="u"> {aside}</span>}
    </p>
  );
}
