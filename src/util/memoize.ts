/**
 * The same function of a flat array of fields, or of the value of one, which remembers what it made last: most requests of
 * a manager have the same fields, which need not be made anew for each. What is made must not be changed, and may be what
 * `make` was given: a copy of its own.
 */
export function memoizeLast<Made>(
  make: (pairs: readonly string[]) => Made,
): (pairs: readonly string[]) => Made {
  let last: { readonly pairs: readonly string[]; readonly made: Made } | null = null;
  return (pairs) => {
    if (last === null || !isSame(pairs, last.pairs)) {
      // A copy is kept: those of one request may be changed in place.
      const kept = pairs.slice();
      last = { pairs: kept, made: make(kept) };
    }
    return last.made;
  };
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}

/** Texts that are remembered for each function. */
const MOST_TEXTS = 64;

/** The same function of a text, which remembers what it made of the last few: settings are read for each request. */
export function memoizeTexts<Made>(make: (text: string) => Made): (text: string) => Made {
  const made = new Map<string, Made>();
  return (text) => {
    const known = made.get(text);
    if (known !== undefined) return known;
    const one = make(text);
    made.set(text, one);
    if (made.size > MOST_TEXTS) made.delete(made.keys().next().value!);
    return one;
  };
}
