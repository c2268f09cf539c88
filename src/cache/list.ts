/**
 * The members of a comma-separated list (RFC 9110 §5.6.1), trimmed, empty ones left out. A comma inside a quoted string
 * does not separate; an unterminated quoted string reaches to the end.
 */
export function listMembers(value: string): string[] {
  const members: string[] = [];
  let start = 0;
  let quoted = false;
  for (let i = 0; i <= value.length; i++) {
    const char = value[i];
    if (quoted && char !== undefined) {
      if (char === '\\') i++;
      else if (char === '"') quoted = false;
    } else if (char === '"') {
      quoted = true;
    } else if (char === ',' || char === undefined) {
      const member = value.slice(start, i).trim();
      if (member !== '') members.push(member);
      start = i + 1;
    }
  }
  return members;
}

/**
 * The names, lower-case, in a list that has nothing but names (Vary, Connection). A quote in it is an accident, and hides
 * none of them.
 */
export function namesIn(value: string | null): string[] {
  if (value === null) return [];
  return value
    .split(/[\s",]+/)
    .filter((name) => name !== '')
    .map((name) => name.toLowerCase());
}
