import { parseArgs } from 'node:util';

/** What the command line asked for. */
export interface Arguments {
  readonly urls: readonly string[];
  /** Where the body goes: a file, `-` for standard output, null when nothing was said. */
  readonly output: string | null;
  readonly verb: string | null;
  /** The pieces of `-d` in their order, each a text or `@FILE`; empty for no body. */
  readonly data: readonly string[];
  /** A JSON text or `@FILE`, for `--json`. */
  readonly json: string | null;
  readonly headers: readonly (readonly [string, string])[];
  readonly user: string | null;
  /** A PEM file of authorities to trust beside the platform's. */
  readonly caFile: string | null;
  /** Write status line and fields before the body. */
  readonly include: boolean;
  readonly headOnly: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

export const USAGE = 'usage: fairlead URL… [options]; fairlead --help lists them';

export const HELP = `usage: fairlead URL… [options]

Writes the body of one URL to standard output. Several URLs share one queue, and a table says what became of each.
Redirects are followed, but never from https to http. Exit code: 0 when all went well, 1 when a request failed or was
answered with a status of 400 or above, 2 for a mistake in the arguments, 130 after Ctrl-C.

  -o, --output FILE        the body goes to a file, which is replaced when the transfer is complete; - is standard output
  -X, --request VERB       the verb (otherwise GET, or POST with a body)
  -d, --data TEXT          a body of Content-Type application/x-www-form-urlencoded; several are joined by &;
                           @FILE is the content of a file, as it is
      --json TEXT          a body of Content-Type application/json, and Accept: application/json; @FILE as above
  -H, --header "Name: v"   a field of the request; may be repeated
  -u, --user NAME:PASSWORD answers a server that asks who it is (Basic, Digest), at the origins of the URLs alone. To say it
                           unasked: -H "Authorization: …"
  -i, --include            writes status line and fields before the body
  -I, --head               asks for them alone
  -L, --location           does nothing: redirects are followed anyway
      --cacert FILE        PEM authorities to trust beside those of the platform
  -k, --insecure           is refused: name the authority of the server by --cacert
  -h, --help               writes this
      --version            writes the version
`;

const OPTIONS = {
  output: { type: 'string', short: 'o' },
  request: { type: 'string', short: 'X' },
  data: { type: 'string', short: 'd', multiple: true },
  json: { type: 'string' },
  header: { type: 'string', short: 'H', multiple: true },
  user: { type: 'string', short: 'u' },
  cacert: { type: 'string' },
  include: { type: 'boolean', short: 'i' },
  head: { type: 'boolean', short: 'I' },
  location: { type: 'boolean', short: 'L' },
  insecure: { type: 'boolean', short: 'k' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

/** @throws Error with a sentence for the user */
export function parseArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
  const asked = values.help === true || values.version === true;
  if (values.insecure === true)
    throw new Error(
      '-k: certificates are always verified here. A server with an authority of its own is trusted by --cacert FILE',
    );
  if (positionals.length === 0 && !asked) throw new Error('no URL was given');
  if (values.output !== undefined && positionals.length !== 1) throw new Error('-o takes exactly one URL');
  if (values.include === true && positionals.length > 1) throw new Error('-i takes exactly one URL');
  if (values.json !== undefined && values.data !== undefined) throw new Error('--json and -d are two bodies');
  if (values.head === true && (values.json !== undefined || values.data !== undefined))
    throw new Error('-I asks for a head, which takes no body');
  return {
    urls: positionals,
    output: values.output ?? null,
    verb: values.request ?? null,
    data: values.data ?? [],
    json: values.json ?? null,
    headers: (values.header ?? []).map(parseField),
    user: values.user ?? null,
    caFile: values.cacert ?? null,
    include: values.include ?? false,
    headOnly: values.head ?? false,
    help: values.help ?? false,
    version: values.version ?? false,
  };
}

function parseField(line: string): [string, string] {
  const colon = line.indexOf(':');
  if (colon < 1) throw new Error(`-H ${JSON.stringify(line)}: expected "Name: value"`);
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}
