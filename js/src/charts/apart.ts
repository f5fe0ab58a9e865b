/** Moves ascending positions so that neighbours are at least `gap` apart and all lie between `low` and `high`. */
export function apart(wanted: readonly number[], gap: number, low: number, high: number): number[] {
  const step = Math.min(gap, wanted.length > 1 ? (high - low) / (wanted.length - 1) : gap);
  // Neighbours that touch form a block around the mean of what they want.
  const blocks: { sum: number; from: number; count: number }[] = [];
  const start = ({ sum, count }: { sum: number; count: number }) =>
    Math.min(Math.max(sum / count, low), high - step * (count - 1));
  wanted.forEach((value, i) => {
    let block = { sum: value, from: i, count: 1 };
    for (let above = blocks.at(-1); above !== undefined; above = blocks.at(-1)) {
      if (start(above) + step * above.count <= start(block)) break;
      const moved = block.sum - step * above.count * block.count;
      block = { sum: above.sum + moved, from: above.from, count: above.count + block.count };
      blocks.pop();
    }
    blocks.push(block);
  });
  return blocks.flatMap((block) => Array.from({ length: block.count }, (_, k) => start(block) + step * k));
}
