const FIGURE = /(#\d+|[+−]?\d[\d,]*(?:\.\d+)?(?: of \d[\d,]*)?(?:\s?%)?)/;

/** A sentence with its figures set bold. */
export function emphasised(text: string) {
  return text.split(FIGURE).map((part, i) => (i % 2 === 1 ? <b class="num">{part}</b> : part));
}
