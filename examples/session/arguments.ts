import { parseArgs } from 'node:util';

/** What the command line asked for. No URLs: the demonstration. */
export interface SessionArguments {
  readonly urls: readonly string[];
  /** Where the body goes: a file, or `-` for standard output. */
  readonly output: string | null;
  readonly verb: string | null;
  readonly body: string | null;
  readonly headers: readonly (readonly [string, string])[];
}

export const USAGE = 'usage: npm start -- URL… [-o FILE] [-X VERB] [-d BODY] [-H "Name: value"]…';

/** @throws Error with a sentence for the user */
export function parseArguments(args: readonly string[]): SessionArguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      output: { type: 'string', short: 'o' },
      request: { type: 'string', short: 'X' },
      data: { type: 'string', short: 'd' },
      header: { type: 'string', short: 'H', multiple: true },
    },
  });
  if (values.output !== undefined && positionals.length !== 1) throw new Error('-o takes exactly one URL');
  if (positionals.length === 0 && Object.keys(values).length > 0) throw new Error('options are for URLs');
  return {
    urls: positionals,
    output: values.output ?? null,
    verb: values.request ?? null,
    body: values.data ?? null,
    headers: (values.header ?? []).map(parseField),
  };
}

function parseField(line: string): [string, string] {
  const colon = line.indexOf(':');
  if (colon < 1) throw new Error(`-H ${JSON.stringify(line)}: expected "Name: value"`);
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}
