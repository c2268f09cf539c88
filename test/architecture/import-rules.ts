import type { Import, Module } from './modules.ts';

/** The rules of docs/architecture.md about who may import whom. Each gives a sentence for a violation, or null. */
type Rule = (module: Module, imported: Import) => string | null;

/** What a concept may use: what is passed around, and no other concept. They meet in the list. */
const VALUES = 'call options message storage checks util error';

/**
 * The rooms of the core, ground floor first: each folder (or file of `src/`), and what it may import besides itself, all of
 * it from above its own line.
 */
export const ROOMS: Readonly<Record<string, string>> = {
  util: '',
  error: 'util',
  checks: 'util',
  signals: 'checks util',
  storage: 'util error',
  message: 'checks util error',
  http1: 'message util error',
  options: 'message checks util error',
  call: 'options message storage checks util error',
  requirements: VALUES,
  redirect: VALUES,
  auth: VALUES,
  hsts: VALUES,
  cookies: VALUES,
  headers: VALUES,
  decoding: VALUES,
  queue: VALUES,
  timeout: VALUES,
  retry: VALUES,
  intercept: VALUES,
  cache: VALUES,
  schemes: VALUES,
  tls: VALUES,
  proxy: VALUES,
  'resolve-options': VALUES,
  reply: `${VALUES} signals resolve-options`,
  pipeline: `${VALUES} requirements redirect headers decoding queue timeout retry intercept cache schemes reply`,
  'manager-signals': 'call reply util',
  platform: `${VALUES} timeout pipeline reply resolve-options`,
  connections: `${VALUES} queue platform`,
  'resolve-request': `${VALUES} platform reply resolve-options`,
  verbs: `${VALUES} signals reply manager-signals resolve-request`,
  settings: `${VALUES} signals cache cookies manager-signals platform verbs resolve-options`,
  'event-stream': `${VALUES} reply`,
  'network-client': `${VALUES} signals reply manager-signals resolve-request event-stream`,
  'security-store': 'call storage',
  manager: `${VALUES} signals timeout connections pipeline reply settings verbs resolve-options resolve-request platform manager-signals network-client event-stream security-store`,
  download: `${VALUES} reply manager`,
  index: `${VALUES} signals auth intercept cache cookies hsts reply network-client event-stream manager-signals`,
};

const isTest = (path: string): boolean => /^(examples|bench|test|scripts)\//.test(path);

/** The room of a file of the core, or null outside of it. */
function roomOf(path: string): string | null {
  return /^src\/([^/]+?)(\.ts|\/.*)$/.exec(path)?.[1] ?? null;
}

const roomsAreStacked: Rule = (module, imported) => {
  const from = roomOf(module.path);
  if (from === null || !imported.relative) return null;
  const to = roomOf(imported.target);
  if (to !== null && to === from) return null;
  const allowed = ROOMS[from]?.split(' ') ?? [];
  return to !== null && allowed.includes(to) ? null : `imports ${imported.target}`;
};

/** A platform knows nothing of tests, benches and examples. */
const platformsStandAlone: Rule = (module, imported) => {
  if (!imported.relative || isTest(module.path) || roomOf(module.path) !== null) return null;
  if (/^(src|platform)\//.test(imported.target)) return null;
  return `imports ${imported.target}, which is no part of the product`;
};

/** Within a concept, decisions are pure: a stage obeys them, not the other way round. */
const decisionsKnowNoStage: Rule = (module, imported) => {
  const isStage = (path: string): boolean => /\/([^/]+-)?stage\.ts$/.test(path);
  if (imported.typeOnly || !imported.relative || !isStage(imported.target)) return null;
  if (roomOf(module.path) !== roomOf(imported.target) || BRINGS_STAGE.test(module.path)) return null;
  return isStage(module.path) ? null : `(a decision) imports ${imported.target}`;
};

/** Parts that bring a stage by being set. */
const BRINGS_STAGE =
  /^src\/(auth\/authentication|hsts\/strict-transport-security|cache\/storage\/(abstract-network|memory)-cache)\.ts$/;

/** A platform folder may use these others. */
const PLATFORM_USES = new Map<string, readonly string[]>([
  ['common', []],
  ['bridge', ['common']],
  ['portable', ['common', 'bridge']],
  ['browser', ['common', 'bridge']],
  ['node', ['common', 'bridge']],
  ['electron', ['common', 'bridge', 'browser', 'node']],
  ['worker', ['common', 'bridge']],
]);

const platformsStayApart: Rule = (module, imported) => {
  const from = platformOf(module.path);
  const to = platformOf(imported.target);
  if (from === null || to === null || from === to) return null;
  return PLATFORM_USES.get(from)?.includes(to) ? null : `(${from}) imports ${imported.target} (${to})`;
};

function platformOf(path: string): string | null {
  return /^platform\/([^/]+)\//.exec(path)?.[1] ?? null;
}

function isProduct({ path }: Module): boolean {
  return !isTest(path);
}

/** Package → where it may be imported. What is not here may be imported nowhere. */
const PACKAGE_USERS: readonly (readonly [RegExp, RegExp])[] = [
  [/^node:/, /^platform\/(node|electron)\//],
  [/^electron$/, /^platform\/electron\//],
  [/^eventemitter3$/, /^(src|platform)\//],
  [/^tldts$/, /^platform\/node\//],
  [/^quickjs-emscripten-core$/, /^platform\/node\/(proxy\/pac\/|late-packages)/],
  [/^zod\/mini$/, /^(src\/storage|platform\/bridge)\//],
  [/^idb-keyval$/, /^platform\/browser\//],
  [/^cross-fetch$/, /^platform\/portable\//],
];

const packagesStayInTheirPlace: Rule = (module, imported) => {
  if (imported.relative || !isProduct(module)) return null;
  const place = PACKAGE_USERS.find(([name]) => name.test(imported.target))?.[1];
  return place?.test(module.path) ? null : `imports ${imported.target}`;
};

/** It brings a polyfill that nobody wants who has a native fetch. */
const crossFetchIsLazy: Rule = (module, imported) => {
  if (imported.target !== 'cross-fetch' || imported.lazy || imported.typeOnly) return null;
  return isProduct(module) ? 'imports cross-fetch eagerly' : null;
};

const RULES: readonly Rule[] = [
  roomsAreStacked,
  platformsStandAlone,
  decisionsKnowNoStage,
  platformsStayApart,
  packagesStayInTheirPlace,
  crossFetchIsLazy,
];

export function importViolations(modules: readonly Module[]): string[] {
  return modules.flatMap((module) =>
    module.imports.flatMap((imported) =>
      RULES.map((rule) => rule(module, imported))
        .filter((sentence) => sentence !== null)
        .map((sentence) => `${module.path} ${sentence}`),
    ),
  );
}

/** Circles of imports that exist at run time, each as the path around it. */
export function importCycles(modules: readonly Module[]): string[] {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const finished = new Set<string>();
  const cycles: string[] = [];
  const walk = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      cycles.push([...trail.slice(start), path].join(' → '));
      return;
    }
    if (finished.has(path)) return;
    for (const { target, typeOnly, lazy } of byPath.get(path)?.imports ?? []) {
      if (!typeOnly && !lazy && byPath.has(target)) walk(target, [...trail, path]);
    }
    finished.add(path);
  };
  for (const { path } of modules) walk(path, []);
  return cycles;
}
