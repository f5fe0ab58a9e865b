/** The numbers of the sentence are set bold; the rest is what it says. */
function emphasised(text: string) {
  return text.split(/(−?\d[\d,]*\.?\d*(?:\s*±\s*\d[\d,]*\.?\d*)?)/).map((part, i) => {
    if (i % 2 === 0) return part;
    const [value, spread] = part.split(/\s*±\s*/);
    if (value === undefined || !value.includes(".")) return part;
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
