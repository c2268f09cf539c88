import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import {
  browserFetchCapabilities,
  portableFetchCapabilities,
  xhrUploadCapabilities,
} from '../platform/common/fetch-transport-capabilities.ts';
import { electronNetCapabilities } from '../platform/electron/main/chromium/capabilities.ts';
import {
  nodeHttpCapabilities,
  socketCapabilities,
} from '../platform/node/http-module-transport/capabilities.ts';
import type { Capability, TransportCapabilities } from '../src/call/capabilities.ts';
import { FORBIDDEN_BY_FETCH } from '../src/message/forbidden-fields.ts';

/** The records of all transports; each is a column. */
const TRANSPORTS: readonly TransportCapabilities[] = [
  socketCapabilities,
  nodeHttpCapabilities,
  { ...browserFetchCapabilities, pageOrigin: 'the page’s own', forbiddenFields: FORBIDDEN_BY_FETCH },
  portableFetchCapabilities,
  { ...xhrUploadCapabilities, forbiddenFields: FORBIDDEN_BY_FETCH },
  electronNetCapabilities,
];

export const CAPABILITIES_PAGE = join(import.meta.dirname, '..', 'docs', 'capabilities.md');
const INTERFACE = join(import.meta.dirname, '..', 'src', 'call', 'capabilities.ts');
/** Records whose comments tell what stands behind them. */
const NOTED = ['common/fetch-transport-capabilities.ts', 'electron/main/chromium/capabilities.ts'];

/** The text of docs/capabilities.md: values from the records, words from the comments of their interface. */
export function capabilitiesPage(): string {
  const { summary, meanings } = readInterface();
  const names = TRANSPORTS.map(({ name }) => name);
  const rows = meanings
    .filter(([capability]) => capability !== 'name')
    .map(([capability, meaning]) => [
      `\`${capability}\``,
      meaning,
      ...TRANSPORTS.map((record) => cell(record[capability])),
    ]);
  return [
    '<!-- Made by `npm run docs:capabilities`: change the records of the transports or the comments of their interface. -->',
    '',
    '# What each platform can do',
    '',
    summary,
    '',
    row(['capability', 'meaning', ...names]),
    row(Array.from({ length: names.length + 2 }, () => '---')),
    ...rows.map(row),
    '',
    ...readNotes().flatMap((note) => [note, '']),
  ].join('\n');
}

function readNotes(): string[] {
  const records: Record<string, TransportCapabilities> = {
    browserFetchCapabilities,
    portableFetchCapabilities,
    xhrUploadCapabilities,
    electronNetCapabilities,
  };
  const files = NOTED.map((path) => join(import.meta.dirname, '..', 'platform', path));
  const statements = files.flatMap((path) => [...parse(path).statements]).filter(ts.isVariableStatement);
  return statements.map((statement) => {
    const record = statement.declarationList.declarations[0]!.name.getText();
    return `**${records[record]!.name}**: ${commentOf(statement)}`;
  });
}

function parse(path: string): ts.SourceFile {
  return ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
}

function readInterface(): { summary: string; meanings: [Capability, string][] } {
  const declaration = parse(INTERFACE).statements.find(
    (node) => ts.isInterfaceDeclaration(node) && node.name.text === 'TransportCapabilities',
  );
  if (declaration === undefined || !ts.isInterfaceDeclaration(declaration)) {
    throw new Error(`no interface TransportCapabilities in ${INTERFACE}`);
  }
  return {
    summary: commentOf(declaration),
    meanings: declaration.members.map((member) => [member.name?.getText() as Capability, commentOf(member)]),
  };
}

function commentOf(node: ts.Node): string {
  const [comment] = ts.getJSDocCommentsAndTags(node);
  const text = ts.getTextOfJSDocComment(comment?.comment);
  if (text === undefined) throw new Error(`no comment: ${node.getText()}`);
  return text.replace(/\s+/g, ' ').trim();
}

function cell(value: TransportCapabilities[Capability]): string {
  if (typeof value === 'boolean' || value === undefined) return value ? 'yes' : 'no';
  if (typeof value === 'string') return value;
  if (value === null) return 'none';
  return value.length === 0 ? 'none' : value.map((field) => `\`${field}\``).join(' ');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
}
