import type { Challenge } from '../../../src/auth/challenge.ts';

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+/;
const GAP = '[ \\t]*';

/**
 * The challenges of one field, read in another way than ours: the field is cut at commas outside of quotes first, and each
 * element is then compared with patterns.
 */
export function challengesByOracle(text: string): Challenge[] {
  const found: { scheme: string; token68: string | null; params: Map<string, string> }[] = [];
  const parameter = new RegExp(`^(${TOKEN.source.slice(1)})${GAP}=${GAP}(.*)$`, 's');
  for (const element of elementsOf(text)) {
    let rest = element.replace(/^[ \t]+/, '');
    for (;;) {
      const asParameter = parameter.exec(rest);
      if (asParameter !== null) {
        const params = found.at(-1)?.params;
        const name = asParameter[1]!.toLowerCase();
        if (params !== undefined && !params.has(name)) params.set(name, parameterValue(asParameter[2]!));
        break;
      }
      const scheme = TOKEN.exec(rest)?.[0];
      if (scheme === undefined) break;
      const behind = rest.slice(scheme.length);
      rest = behind.replace(/^[ \t]+/, '');
      const token68 = behind === rest ? null : /^([A-Za-z0-9\-._~+/]+=*)[ \t]*$/.exec(rest);
      found.push({ scheme: scheme.toLowerCase(), token68: token68?.[1] ?? null, params: new Map() });
      if (token68 !== null || behind === rest) break;
    }
  }
  return found;
}

function elementsOf(text: string): string[] {
  const elements: string[] = [];
  let current = '';
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    if (isQuoted && text[at] === '\\') current += text[at++];
    else if (text[at] === '"') isQuoted = !isQuoted;
    else if (text[at] === ',' && !isQuoted) {
      elements.push(current);
      current = '';
      continue;
    }
    current += text[at] ?? '';
  }
  return [...elements, current];
}

function parameterValue(text: string): string {
  const quoted = /^"((?:\\.|[^"\\])*)(?:"|\\?$)/s.exec(text);
  if (quoted === null) return text.replace(/^[ \t]+|[ \t]+$/g, '');
  const inside = /^"(?:\\.|[^"\\])*\\$/s.test(text) ? text.slice(1) : quoted[1]!;
  return inside.replace(/\\(.)/gs, '$1');
}
