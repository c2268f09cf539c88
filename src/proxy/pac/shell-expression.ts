/** Steps that one comparison may take: a script could give both sides a megabyte. */
const MOST_STEPS = 4_000_000;

/**
 * Whether a whole text fits a shell expression: `*` stands for any characters, `?` for one. Goes back to the last `*` only,
 * since what an earlier one has passed fits all the same.
 *
 * @throws RangeError for texts that would take too long
 */
export function matchesShellExpression(text: string, expression: string): boolean {
  if (text.length * expression.length > MOST_STEPS)
    throw new RangeError('shExpMatch: the texts are too long');
  let at = 0;
  let wanted = 0;
  let star = -1;
  let starAt = 0;
  while (at < text.length) {
    const sign = expression[wanted];
    if (sign === '*') {
      star = wanted++;
      starAt = at;
    } else if (sign === '?' || sign === text[at]) {
      wanted++;
      at++;
    } else if (star >= 0) {
      wanted = star + 1;
      at = ++starAt;
    } else return false;
  }
  while (expression[wanted] === '*') wanted++;
  return wanted === expression.length;
}
