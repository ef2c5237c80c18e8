/**
 * Laws of the tags of events, over generated runs of branches, pull requests and schedules that are really published: what
 * was just put is no finding, and a tag of a release is neither moved nor judged for it.
 */
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMemoryJournals } from '../../../src/adapters/journal/memory-journals.ts';
import { startMemoryRegistry, type MemoryRegistry } from '../../../src/adapters/memory-registry/memory-registry.ts';
import { auditCommand, auditDefaults } from '../../../src/commands/audit.ts';
import { publishEvent } from '../../../src/commands/event/publish-event.ts';
import { readEventBuild } from '../../../src/commands/event/read-event.ts';
import { publishCommand } from '../../../src/commands/publish/index.ts';
import type { World } from '../../../src/commands/world.ts';
import type { BranchCommit } from '../../../src/domain/branch-commit.ts';
import type { BuildEvent, EventKind } from '../../../src/domain/build-event.ts';
import { daily } from '../../support/history.ts';
import { publishOptions, publishWorld } from '../../support/publish-world.ts';
import { readTags } from '../../support/read-tags.ts';
import { tempFolder } from '../../support/temp-folder.ts';

let memory: MemoryRegistry;
let count = 0;
beforeAll(async () => {
  memory = await startMemoryRegistry();
});
afterAll(() => memory.close());

const hourMs = 3_600_000;
const start = Date.UTC(2026, 10, 1);

type Branch = 'main' | 'feature';

/** What happens in the git repository, or to it; each is followed by the run that it starts. */
type Step =
  | { readonly kind: 'commit'; readonly branch: Branch }
  | { readonly kind: 'merge' }
  | { readonly kind: 'back'; readonly branch: Branch }
  | { readonly kind: 'schedule' }
  | { readonly kind: 'pull'; readonly number: number }
  /** The run of the commit before, which ends only now. */
  | { readonly kind: 'late'; readonly branch: Branch };

const branches = fc.constantFrom<Branch>('main', 'feature');
const steps: fc.Arbitrary<readonly { readonly step: Step; readonly hours: number }[]> = fc.array(
  fc.record({
    step: fc.oneof(
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('commit' as const), branch: branches }) },
      fc.constant({ kind: 'merge' as const }),
      fc.record({ kind: fc.constant('back' as const), branch: branches }),
      fc.constant({ kind: 'schedule' as const }),
      fc.record({ kind: fc.constant('pull' as const), number: fc.constantFrom(2, 12) }),
      fc.record({ kind: fc.constant('late' as const), branch: branches }),
    ),
    hours: fc.integer({ min: 1, max: 60 }),
  }),
  { minLength: 2, maxLength: 6 },
);

class History {
  readonly lines: Record<Branch, readonly BranchCommit[]>;
  #made = 0;

  constructor() {
    const root = this.#commit(start);
    this.lines = { main: [root], feature: [root] };
  }

  #commit(at: number): BranchCommit {
    this.#made += 1;
    return { revision: this.#made.toString(16).padStart(40, 'a'), at };
  }

  /** @returns what is built of it; `null` if nothing is */
  take(step: Step, at: number): (EventKind & { readonly revision: string; readonly at: number }) | null {
    const head = (branch: Branch): string => this.lines[branch][0]?.revision ?? '';
    switch (step.kind) {
      case 'commit':
        this.lines[step.branch] = [this.#commit(at), ...this.lines[step.branch]];
        return { kind: 'branch', branch: step.branch, revision: head(step.branch), at };
      case 'merge':
        // As a fast-forward, where main has nothing of its own; with a commit otherwise.
        this.lines.main = this.lines.feature.includes(this.lines.main[0] ?? { revision: '', at: 0 })
          ? this.lines.feature
          : [this.#commit(at), ...this.lines.main];
        return { kind: 'branch', branch: 'main', revision: head('main'), at };
      case 'back':
        if (this.lines[step.branch].length < 2) return null;
        this.lines[step.branch] = this.lines[step.branch].slice(1);
        return { kind: 'branch', branch: step.branch, revision: head(step.branch), at };
      case 'schedule':
        return { kind: 'schedule', branch: 'main', revision: head('main'), at };
      case 'pull':
        return { kind: 'pull-request', number: step.number, revision: head('feature'), at };
      case 'late': {
        const [now, before] = this.lines[step.branch];
        if (now === undefined || before === undefined) return null;
        return { kind: 'branch', branch: step.branch, revision: before.revision, at: before.at + 1 };
      }
      default:
        return null;
    }
  }
}

const config = {
  repository: 'registry.example/acme/app',
  dockerfile: 'Dockerfile',
  pythons: ['3.12'],
  defaults: { python: 'highest' },
  events: {
    branch: '{{branch}}',
    edge: { branch: 'main' },
    pullRequest: 'pr-{{number}}',
    schedule: { template: 'nightly', every: '1d' },
  },
};

test('what a publish of an event just put is no finding of an audit, and no tag of a release moves', async () => {
  let judged = 0;
  const folder = await tempFolder();
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      const repository = `${memory.host}/acme/law-${(count += 1)}`;
      const history = new History();
      let event: BuildEvent | null = null;
      let nowMs = start;
      const journals = createMemoryJournals();
      const made = publishWorld({ config: { ...config, repository }, facts: daily('1.0.0') });
      const world: World = {
        ...made,
        journals: () => journals,
        clock: { ...made.clock, nowMs: () => nowMs },
        event: { byDefault: false, asked: [], read: () => Promise.resolve(event ?? Promise.reject(new Error('none'))) },
        branches: () =>
          Promise.resolve({
            heads: new Map(Object.entries(history.lines).map(([name, [head]]) => [name, head?.revision ?? ''])),
            defaultBranch: 'main',
            remote: 'origin',
            partial: null,
            line: (name) => Promise.resolve(name === 'main' || name === 'feature' ? history.lines[name] : []),
          }),
        pulls: () =>
          Promise.resolve({ kind: 'open', pulls: { name: 'forge', state: () => Promise.resolve({ kind: 'open' }) } }),
      };
      const options = publishOptions('1.0.0', [], folder);
      expect((await publishCommand(options, world)).result).toBe('as-planned');
      const path = repository.slice(memory.host.length + 1);
      const released = await readTags(memory.host, path);
      for (const { step, hours } of taken) {
        nowMs += hours * hourMs;
        const built = history.take(step, nowMs);
        if (built === null) continue;
        event = { defaultBranch: 'main', fork: false, ...built };
        const before = await readTags(memory.host, path);
        const outcome = await publishEvent(options, await readEventBuild(options, null, world), world);
        expect(outcome.result).toBe('as-planned');
        const after = await readTags(memory.host, path);
        for (const [tag, digest] of Object.entries(released)) expect([tag, after[tag]]).toEqual([tag, digest]);
        const put = Object.keys(after).filter((tag) => before[tag] !== after[tag]);
        nowMs += 60_000;
        const common = { config: 'matrix.config.ts', releases: null, repository: [], image: null, at: null };
        const audit = await auditCommand({ ...common, ...auditDefaults, format: 'json' }, world);
        const { findings } = JSON.parse(audit.stdout);
        const found: { kind: string; tag: string }[] = findings.filter(
          ({ kind }: { kind: string }) => kind !== 'event',
        );
        // A run that ends late may put a branch's tags back, if a fast-forward brought the newer commit: that is found.
        const wrong = step.kind === 'late' ? [] : found.filter(({ tag }) => put.includes(tag));
        expect(wrong).toEqual([]);
        expect(found.filter(({ kind }) => kind !== 'behind' && kind !== 'overdue')).toEqual([]);
        judged += put.length;
      }
    }),
    { numRuns: 12 },
  );
  expect(judged).toBeGreaterThan(30);
}, 120_000);
