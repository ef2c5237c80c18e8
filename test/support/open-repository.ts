import { z } from 'zod';
import { createMemoryJournals } from '../../src/adapters/journal/memory-journals.ts';
import { createHeadSnapshotSource } from '../../src/adapters/registry/head-snapshot.ts';
import { openRepository, type OpenRepository } from '../../src/commands/move/open-repository.ts';
import type { World } from '../../src/commands/world.ts';
import type { JournalStore, Registry } from '../../src/ports.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

/** The parts of a world that moving tags needs; the others fail the test that asks for them. */
export interface MoveWorld extends World {
  readonly clock: VirtualClock;
  readonly said: string[];
}

export function moveWorld(signal: AbortSignal = new AbortController().signal): MoveWorld {
  const said: string[] = [];
  const missing = (): never => {
    throw new Error('moving tags does not need this');
  };
  return {
    said,
    clock: createVirtualClock(),
    say: (line) => void said.push(line),
    signal,
    snapshots: (registry) => createHeadSnapshotSource(registry),
    loadConfig: missing,
    sources: missing,
    packageIndex: missing,
    releasePage: missing,
    notes: missing,
    overviewPage: missing,
    gitFacts: missing,
    sourceRepository: missing,
    registries: missing,
    builder: missing,
    signatures: missing,
    files: missing,
    journals: missing,
    evidence: missing,
    runFacts: missing,
    toolVersion: '0.0.0',
    statementSigner: missing,
    statementVerifier: missing,
    keylessSigner: missing,
    identityVerifier: missing,
    readText: missing,
    readRecords: missing,
    digestOf: missing,
    workflowRun: null,
    rehearsal: missing,
  };
}

export interface JournaledRepository extends OpenRepository {
  /** What its journal holds, `at` left out. */
  readonly entries: () => Promise<readonly Readonly<Record<string, unknown>>[]>;
}

export async function openWith(
  registry: Registry,
  world: World,
  options: { readonly journals?: JournalStore; readonly waitMs?: number } = {},
): Promise<JournaledRepository> {
  const { journals = createMemoryJournals(), waitMs = 60_000 } = options;
  const input = { registry, version: '1.2.3', command: 'publish', dryRun: false, journals, waitMs } as const;
  const open = await openRepository(input, world);
  return {
    ...open,
    entries: async () => {
      const path = open.journal.path();
      if (path === null) return [];
      const { entries } = await journals.read(path);
      return entries.map((entry) => {
        const { at: _at, ...rest } = z.looseObject({ step: z.string() }).parse(entry);
        return rest;
      });
    },
  };
}
