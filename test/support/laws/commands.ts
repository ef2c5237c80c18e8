/** Commands as a user runs them, and what they answer: exit code, JSON and files. Flags are options by another name. */
import { applyCommand } from '../../../src/commands/apply.ts';
import { auditCommand, auditDefaults } from '../../../src/commands/audit.ts';
import { explainCommand } from '../../../src/commands/explain.ts';
import { planCommand } from '../../../src/commands/plan.ts';
import { publishCommand } from '../../../src/commands/publish/publish.ts';
import { rollbackCommand } from '../../../src/commands/rollback.ts';
import type { Outcome } from '../../../src/commands/world.ts';
import { formatProblem, InputError, OutsideError } from '../../../src/domain/errors.ts';
import { configFile, worldOf, type Scene } from './scene.ts';

/** What a command came to. */
export interface Ran<T> {
  readonly exit: 0 | 1 | 2 | 3;
  /** `null` where the command ended with an error. */
  readonly json: T | null;
  readonly text: string;
  readonly error: string | null;
}

export interface Stand {
  readonly owner: { readonly version: string; readonly [axis: string]: string } | null;
  readonly digest: string | null;
}

export interface Choice {
  readonly command: string;
  readonly because: string;
  readonly after?: string;
}

export interface Finding {
  readonly kind: string;
  readonly tag: string;
  readonly expected: Stand;
  readonly actual: Stand;
  readonly because: string;
  readonly fix: string | null;
  readonly choices?: readonly Choice[] | null;
}

export interface Audited {
  readonly repository: string;
  readonly summary: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
}

export interface Move {
  readonly kind: string;
  readonly tag: string;
  readonly from: Stand;
  readonly to: Stand;
  readonly state?: string;
}

export interface Applied {
  readonly repository: string;
  readonly moves: readonly Move[];
  readonly waiting: readonly Move[];
  readonly journal: string | null;
  readonly failure: string | null;
}

export interface Plan {
  readonly repository: string;
  readonly cells: readonly {
    readonly version: string;
    readonly tags: readonly string[];
    readonly platforms: readonly string[];
    readonly [axis: string]: unknown;
  }[];
  readonly tags: readonly {
    readonly tag: string;
    readonly kind: 'pinned' | 'convenience';
    readonly owner: Stand['owner'];
  }[];
  readonly moves: readonly Move[];
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
}

export interface Explained {
  readonly registry: { readonly expected: string | null; readonly actual: string | null } | null;
}

interface Published {
  readonly repositories: readonly {
    readonly repository: string;
    readonly cells: readonly { readonly tags: readonly string[]; readonly state: string }[];
    readonly lags: readonly string[];
  }[];
}

const common = { config: configFile, releases: null, repository: [], image: null, at: null };
const writing = { journal: '', settleMs: 1000 };
const exits = { 'as-planned': 0, findings: 1, 'outside-failed': 3 } as const;

async function ran<T>(scene: Scene, command: () => Promise<Outcome>): Promise<Ran<T>> {
  try {
    const { stdout, result, files } = await command();
    for (const { path, text } of files ?? []) scene.files.set(path, text);
    const json: T | null = stdout.startsWith('{') ? JSON.parse(stdout) : null;
    return { exit: exits[result], json, text: stdout, error: null };
  } catch (error) {
    if (error instanceof InputError)
      return { exit: 2, json: null, text: '', error: error.problems.map(formatProblem).join('\n') };
    if (error instanceof OutsideError)
      return { exit: 3, json: null, text: '', error: `${error.code} ${error.message}` };
    throw error;
  }
}

/** One report for each repository, whether the JSON is of one or of several. */
function each<T>(json: (T & object) | { readonly repositories: readonly T[] } | null): readonly T[] {
  if (json === null) return [];
  return 'repositories' in json ? json.repositories : [json];
}

export interface AuditFlags {
  readonly repository?: readonly string[];
  readonly planOut?: string;
  readonly failOn?: readonly string[];
  readonly content?: 'owners' | 'all';
  readonly writeLock?: boolean;
  readonly format?: 'json' | 'table';
  readonly at?: string | null;
}

export async function audit(
  scene: Scene,
  flags: AuditFlags = {},
): Promise<Ran<object> & { readonly reports: readonly Audited[] }> {
  const options = { ...common, ...auditDefaults, format: 'json' as const, ...flags };
  const result = await ran<Audited>(scene, () => auditCommand(options, worldOf(scene)));
  return { ...result, reports: each(result.json) };
}

export interface ApplyFlags {
  readonly repository?: readonly string[];
  readonly plan?: string | null;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly allowBackward?: boolean;
}

export async function apply(
  scene: Scene,
  flags: ApplyFlags = {},
): Promise<Ran<object> & { readonly reports: readonly Applied[] }> {
  const options = { ...common, ...writing, plan: null, dryRun: false, json: true, allowBackward: false, ...flags };
  const result = await ran<{ repositories: Applied[] }>(scene, () => applyCommand(options, worldOf(scene)));
  return { ...result, reports: each(result.json) };
}

export async function plan(
  scene: Scene,
  flags: { readonly offline?: boolean } = {},
): Promise<Ran<object> & { readonly plans: readonly Plan[] }> {
  const request = { kind: 'map', format: 'json', with: [], yank: [] } as const;
  const options = { ...common, ...request, offline: false, ...flags };
  const result = await ran<Plan>(scene, () => planCommand(options, worldOf(scene)));
  return { ...result, plans: each(result.json) };
}

export function explain(scene: Scene, tag: string): Promise<Ran<Explained>> {
  return ran(scene, () => explainCommand({ ...common, tag, offline: false, format: 'json' }, worldOf(scene)));
}

export interface PublishFlags {
  readonly repository?: readonly string[];
  readonly adopt?: boolean;
  readonly replacePartial?: boolean;
  readonly rebuild?: boolean;
  readonly allowBackward?: boolean;
  readonly writeLock?: boolean;
  readonly dryRun?: boolean;
}

export function publish(scene: Scene, version: string, flags: PublishFlags = {}): Promise<Ran<Published>> {
  const fixed = {
    revision: null,
    builder: 'buildx' as const,
    fromRecords: null,
    passes: null,
    waitForPackageMs: null,
  };
  const wishes = {
    adopt: false,
    fromWorkingTree: false,
    replacePartial: false,
    rebuild: false,
    allowBackward: false,
    writeLock: false,
  };
  const options = {
    ...common,
    ...writing,
    ...fixed,
    ...wishes,
    dryRun: false,
    json: true,
    version,
    stopBeforeMoves: false,
    planOut: null,
    evidence: null,
    ...flags,
  };
  return ran(scene, () => publishCommand(options, worldOf(scene)));
}

export function rollback(scene: Scene, file: string): Promise<Ran<object>> {
  const options = { ...common, ...writing, file, only: [], dryRun: false, json: true };
  return ran(scene, () => rollbackCommand(options, worldOf(scene)));
}
