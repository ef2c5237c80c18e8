/** A world for commands that read: a config and facts that are given, a real registry client, files in memory. */
import type { World } from '../../src/commands/world.ts';
import { createHeadSnapshotSource } from '../../src/adapters/registry/head-snapshot.ts';
import { createRegistries, type RegistriesOptions } from '../../src/adapters/registry/registries.ts';
import { createMemoryEvidence } from '../../src/adapters/evidence/memory-evidence.ts';
import { createMemoryJournals } from '../../src/adapters/journal/memory-journals.ts';
import { InternalError } from '../../src/domain/errors.ts';
import type { ReleaseFact } from '../../src/domain/release.ts';
import type { Registries, Registry, SnapshotSource } from '../../src/ports.ts';

export interface AuditWorldOptions {
  /** What the config file exports. */
  readonly config: unknown;
  readonly facts: readonly ReleaseFact[];
  readonly now?: string;
  /** Path to content, of the project's folder; what a command writes is put here. */
  readonly files?: Map<string, string>;
  readonly registries?: RegistriesOptions;
  /** `host:port` that stands in for every registry that is named. */
  readonly host?: string;
  /** Stands between the command and the registry: to lie, to fail, to count. */
  readonly between?: (registry: Registry) => Registry;
  readonly snapshots?: (registry: Registry) => SnapshotSource;
  readonly signal?: AbortSignal;
}

export interface AuditWorld {
  readonly world: World;
  readonly files: Map<string, string>;
  /** What was said on stderr. */
  readonly said: string[];
}

export function auditWorld(options: AuditWorldOptions): AuditWorld {
  const files = options.files ?? new Map<string, string>();
  const said: string[] = [];
  const unused = (): never => {
    throw new InternalError('a command that only reads does not ask for this');
  };
  const journals = createMemoryJournals();
  const evidence = createMemoryEvidence();
  const nowMs = Date.parse(options.now ?? '2026-11-24T12:00:00Z');
  const world: World = {
    loadConfig: () => Promise.resolve({ raw: options.config, file: 'matrix.config.ts', root: '/project' }),
    sources: () => [
      {
        name: 'releases.json',
        list: () => Promise.resolve({ kind: 'file', facts: options.facts, partial: null, notes: [] }),
      },
    ],
    packageIndex: unused,
    releasePage: unused,
    notes: unused,
    overviewPage: unused,
    gitFacts: unused,
    registries: () => between(createRegistries(options.registries), options),
    snapshots: options.snapshots ?? ((registry) => createHeadSnapshotSource(registry)),
    builder: unused,
    signatures: unused,
    sourceRepository: unused,
    files: () => ({
      read: (path) => Promise.resolve(files.get(path) ?? null),
      write: (path, text) => {
        files.set(path, text);
        return Promise.resolve();
      },
      list: () => Promise.resolve([...files.keys()].toSorted()),
      entry: (path) => Promise.resolve(files.has(path) ? 'file' : 'nothing'),
      unfit: () => Promise.resolve([]),
    }),
    journals: () => journals,
    evidence: () => evidence,
    runFacts: () => Promise.resolve({ actor: null, approver: null, run: null }),
    toolVersion: '0.0.0',
    statementSigner: unused,
    statementVerifier: unused,
    keylessSigner: unused,
    identityVerifier: unused,
    readText: unused,
    readRecords: unused,
    digestOf: unused,
    workflowRun: null,
    rehearsal: unused,
    clock: { nowMs: () => nowMs, sleep: unused },
    say: (line) => void said.push(line),
    signal: options.signal ?? new AbortController().signal,
  };
  return { world, files, said };
}

function between(registries: Registries, { between: wrap, host }: AuditWorldOptions): Registries {
  return {
    open: ({ registry, path }) => {
      const opened = registries.open({ registry: host ?? registry, path });
      return wrap === undefined ? opened : wrap(opened);
    },
    close: () => registries.close(),
  };
}
