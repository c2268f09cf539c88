/**
 * The same function of a flat array of fields, or of the value of one, which remembers what it made last: most requests of
 * a manager have the same fields, which need not be made anew for each. What is made must not be changed.
 */
export function memoizeLast<Made>(
  make: (pairs: readonly string[]) => Made,
): (pairs: readonly string[]) => Made {
  let last: { readonly pairs: readonly string[]; readonly made: Made } | null = null;
  return (pairs) => {
    // A copy is kept: those of one request may be changed in place.
    if (last === null || !isSame(pairs, last.pairs)) last = { pairs: pairs.slice(), made: make(pairs) };
    return last.made;
  };
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}
