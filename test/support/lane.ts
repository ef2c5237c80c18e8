import { z } from 'zod';
import { createMemoryJournals } from '../../src/adapters/journal/memory-journals.ts';
import { createHeadSnapshotSource } from '../../src/adapters/registry/head-snapshot.ts';
import { openLane, type Lane } from '../../src/commands/publish/lane.ts';
import type { World } from '../../src/commands/world.ts';
import type { JournalStore, Registry } from '../../src/ports.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

/** The parts of a world that moving tags needs; the others fail the test that asks for them. */
export interface LaneWorld extends World {
  readonly clock: VirtualClock;
  readonly said: string[];
}

export function laneWorld(signal: AbortSignal = new AbortController().signal): LaneWorld {
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
    gitFacts: missing,
    registries: missing,
    builder: missing,
    files: missing,
    journals: missing,
    readText: missing,
    readRecords: missing,
    digestOf: missing,
    workflowRun: null,
    rehearsal: missing,
  };
}

export interface JournaledLane extends Lane {
  /** What its journal holds, `at` left out. */
  readonly entries: () => Promise<readonly Readonly<Record<string, unknown>>[]>;
}

export async function laneOf(
  registry: Registry,
  world: World,
  journals: JournalStore = createMemoryJournals(),
): Promise<JournaledLane> {
  const lane = await openLane({
    registry,
    version: '1.2.3',
    command: 'publish',
    dryRun: false,
    journals,
    now: () => '2026-01-01T00:00:00Z',
    say: world.say,
    signal: world.signal,
  });
  return {
    ...lane,
    entries: async () => {
      const path = lane.journal.path();
      if (path === null) return [];
      const { entries } = await journals.read(path);
      return entries.map((entry) => {
        const { at: _at, ...rest } = z.looseObject({ step: z.string() }).parse(entry);
        return rest;
      });
    },
  };
}
