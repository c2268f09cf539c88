/** What is more than `*`, `?` and characters that stand for themselves. */
const MORE = /[[\](){}|+^$\\]/;

/** Steps that one comparison may take: a script could give both sides a megabyte. */
const MOST_STEPS = 4_000_000;

/**
 * Whether a text fits what `shExpMatch` was given. It is told as a shell expression and is, in browsers and pac-resolver, a
 * regular one with other words for `.*` and `.`: files have `(*.a.test|a.test)` and `srv[0-9]`.
 *
 * @throws SyntaxError for what is no regular expression, as in browsers
 * @throws RangeError for texts that would take too long
 */
export function matchesExpression(text: string, expression: string): boolean {
  if (!MORE.test(expression)) return matchesShellExpression(text, expression);
  if (text.length > MOST_OF_REGULAR || expression.length > MOST_OF_REGULAR)
    throw new RangeError('shExpMatch: the texts are too long');
  const words = expression.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.');
  return new RegExp(`^${words}$`).test(text);
}

/** Characters of a regular expression, and of what it is compared with. What goes back without end ends with the thread. */
const MOST_OF_REGULAR = 16 * 1024;

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
