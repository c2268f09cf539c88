/**
 * The error of an option that there is not: with what to do instead where that is known, or the nearest that there is.
 * @param hint what another client's word is called here, or where the option belongs
 */
export function unknownOption(
  owner: string,
  path: string,
  name: string,
  known: readonly string[],
  hint?: string,
): TypeError {
  const sentence = `${prefix(owner)}unknown option '${path}${name}'`;
  if (hint !== undefined) return new TypeError(`${sentence}: ${hint}`);
  const nearest = nearestOf(name, known);
  return new TypeError(nearest === null ? sentence : `${sentence}; did you mean '${path}${nearest}'?`);
}

/** The error of a value that an option cannot have. */
export function illTyped(owner: string, name: string, expected: string): TypeError {
  return new TypeError(`${prefix(owner)}option '${name}': expected ${expected}`);
}

/** Whose option it is, where that is not a request or its manager. */
function prefix(owner: string): string {
  return owner === '' ? '' : `${owner}: `;
}

/** The name that was most likely meant, or null when none is near. */
export function nearestOf(name: string, known: readonly string[]): string | null {
  let nearest: string | null = null;
  // Every third letter may be wrong, and upper and lower case count for nothing.
  let least = Math.ceil(name.length / 3) + 1;
  for (const one of known) {
    const distance = distanceOf(name.toLowerCase(), one.toLowerCase(), least);
    if (distance >= least) continue;
    least = distance;
    nearest = one;
  }
  return nearest;
}

/** Letters to insert, remove, replace or swap with their neighbour (optimal string alignment), or `most` when there are more. */
function distanceOf(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) >= most) return most;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwapped) least = Math.min(least, before[j - 2]! + 1);
      row.push(least);
    }
    before = last;
    last = row;
  }
  return last[b.length]!;
}
