import type { Import, Module } from './modules.ts';

/** The rules of docs/architecture.md about who may import whom. Each gives a sentence for a violation, or null. */
type Rule = (module: Module, imported: Import) => string | null;

/** Ground floor first; imports go down or stay. */
const FLOORS = [
  'values and interfaces',
  'decisions',
  'stages',
  'the list and the reply',
  'the manager',
  'the core’s surface',
  'a platform',
  'examples, bench and tests',
] as const;
type Floor = (typeof FLOORS)[number];

/** The first pattern that fits names the floor. */
const FLOOR_OF: readonly (readonly [RegExp, Floor])[] = [
  [/^src\/(index|internal)\.ts$/, 'the core’s surface'],
  [/^src\/(error|options|resolve-options|signals)\.ts$/, 'values and interfaces'],
  [/^src\/(message|options|util|storage)\//, 'values and interfaces'],
  [/^src\/transport\/(transport|capabilities|schemes|admission|preconnect)\.ts$/, 'values and interfaces'],
  [/^src\/pipeline\/(list|sources|dispatch|compose)\.ts$/, 'the list and the reply'],
  [/^src\/pipeline\//, 'values and interfaces'],
  [/^src\/reply\//, 'the list and the reply'],
  [/^src\/[^/]+\/([^/]+-)?stage\.ts$/, 'stages'],
  // Parts that bring a stage by being set.
  [/^src\/(hsts\/strict-transport-security|cache\/(abstract-network|memory)-cache)\.ts$/, 'stages'],
  [/^src\/[^/]+\//, 'decisions'],
  [/^src\//, 'the manager'],
  [/^platform\//, 'a platform'],
  [/^(examples|bench|test|scripts)\//, 'examples, bench and tests'],
];

function floorOf(path: string): Floor | null {
  return FLOOR_OF.find(([pattern]) => pattern.test(path))?.[1] ?? null;
}

const importsGoDown: Rule = (module, imported) => {
  if (!imported.relative) return null;
  const from = floorOf(module.path);
  const to = floorOf(imported.target);
  if (from === null || to === null) return `imports ${imported.target}, which is on no floor`;
  if (FLOORS.indexOf(to) <= FLOORS.indexOf(from)) return null;
  return `(${from}) imports ${imported.target} (${to})`;
};

/** Concept folders meet in the list; what they share is a value or an interface. */
const conceptsStayApart: Rule = (module, imported) => {
  const from = conceptOf(module.path);
  const to = conceptOf(imported.target);
  if (from === null || to === null || from === to) return null;
  return `(concept ${from}) imports ${imported.target} (concept ${to})`;
};

function conceptOf(path: string): string | null {
  const floor = floorOf(path);
  return floor === 'decisions' || floor === 'stages' ? path.split('/')[1]! : null;
}

/** A platform folder may use these others. */
const PLATFORM_USES = new Map<string, readonly string[]>([
  ['common', []],
  ['bridge', ['common']],
  ['portable', ['common', 'bridge']],
  ['browser', ['common', 'bridge']],
  ['node', ['common', 'bridge']],
  ['electron', ['common', 'bridge', 'browser', 'node']],
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
  return floorOf(path) !== 'examples, bench and tests';
}

/** Package → where it may be imported. What is not here may be imported nowhere. */
const PACKAGE_USERS: readonly (readonly [RegExp, RegExp])[] = [
  [/^node:/, /^platform\/(node|electron)\//],
  [/^electron$/, /^platform\/electron\//],
  [/^eventemitter3$/, /^(src|platform)\//],
  [/^tldts$/, /^platform\/node\//],
  [/^zod\/mini$/, /^src\/storage\//],
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
  importsGoDown,
  conceptsStayApart,
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
