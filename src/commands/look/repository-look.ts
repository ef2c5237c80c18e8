/** Reads one repository for a project: its tags, the lock, and what unfinished runs left in their journals. */
import type { AuditInput } from '../../audit/input.ts';
import { InputError } from '../../domain/errors.ts';
import type { InspectedImage } from '../../domain/image.ts';
import { formatRepository, type Repository } from '../../domain/reference.ts';
import { builtVersion, type Release } from '../../domain/release.ts';
import { shellWord } from '../../domain/shell-word.ts';
import type { RepairContext } from '../../moves/repair.ts';
import type { JournalStore, Registry } from '../../ports.ts';
import { readJournal } from '../../publish/journal.ts';
import type { Expected } from '../../sight/expected.ts';
import { noPastPushes, type PastPushes } from '../../sight/input.ts';
import { journalFolder, type CommonOptions } from '../options.ts';
import type { Project } from '../read-project.ts';
import type { World } from '../world.ts';
import { readLockFile } from './lock-file.ts';
import { look, type Look } from './look.ts';
import { createLookout, type Lookout } from './lookout.ts';

/** What a command wants to know of a repository. */
export interface LookRequest {
  /** As the config names it. */
  readonly repository: Repository;
  readonly project: Project;
  readonly expected: Expected;
  readonly options: CommonOptions;
  readonly inScope: (tag: string) => boolean;
  readonly content: 'owners' | 'all' | 'none';
  readonly audit?: Pick<AuditInput, 'graceMs' | 'requireLabels' | 'evidence'>;
  /** What this run or an earlier one pushed, beside what journals say. */
  readonly past?: PastPushes;
  /** Images that were looked into already. */
  readonly images?: readonly InspectedImage[];
}

export interface RepositoryLook extends Look {
  readonly registry: Registry;
  /** `registry/path` */
  readonly name: string;
  readonly lookout: Lookout;
  readonly content: LookRequest['content'];
}

/**
 * @throws {InputError} LOCK_INVALID, JOURNAL_INVALID
 */
export async function lookAt(registry: Registry, request: LookRequest, world: World): Promise<RepositoryLook> {
  const { repository, project, expected, options, inScope, audit } = request;
  const name = formatRepository(repository);
  const lookout = createLookout(registry, await world.snapshots(registry), world.signal, world.progress);
  for (const image of request.images ?? []) lookout.note(image);
  const recorded = await readPast(world.journals(options.journal ?? journalFolder), repository, expected);
  const frame = {
    expected,
    repository,
    lock: await readLockFile(world.files(project.root), name),
    past: request.past === undefined ? recorded : merged(recorded, request.past),
    now: world.clock.nowMs(),
    graceMs: audit?.graceMs ?? 0,
    requireLabels: audit?.requireLabels ?? false,
    ...(audit?.evidence === undefined ? {} : { evidence: audit.evidence }),
    inScope,
    flags: flagsOf(options),
    partial: project.partial,
    others: [],
    published: new Set<Release>(),
    refused: null,
  };
  const { content } = request;
  return { ...(await look(lookout, frame, content)), registry, name, lookout, content };
}

/** What unfinished runs pushed or began to push, release by release. A run that is still going on is left out. */
export async function readPast(
  journals: JournalStore,
  repository: Repository,
  { cells }: Expected,
): Promise<PastPushes> {
  const name = formatRepository(repository);
  const versions = new Set(cells.map(({ release }) => builtVersion(release)));
  const states = [];
  for (const version of versions) {
    for (const file of await journals.find(repository, version)) {
      if (file.inUse || file.entries.length === 0) continue;
      const read = readJournal(file.entries, file.path);
      if (!read.ok) throw new InputError(read.problems);
      if (!read.value.finished && read.value.begin.repository === name) states.push(read.value);
    }
  }
  if (states.length === 0) return noPastPushes;
  return {
    pushing: new Set(states.flatMap(({ pushing }) => [...pushing])),
    digests: new Map(states.flatMap(({ digests }) => [...digests])),
  };
}

function merged(a: PastPushes, b: PastPushes): PastPushes {
  return { pushing: new Set([...a.pushing, ...b.pushing]), digests: new Map([...a.digests, ...b.digests]) };
}

/** What commands that repair something in this repository need to say. */
export function repairContext({ audited, input }: Look): RepairContext {
  const { repository, flags, others } = input;
  return { sight: audited.sight, repository, flags, others };
}

/** The flags that make another command speak of the same config and repository. */
export function flagsOf(options: CommonOptions): string {
  const flags = [
    ...(options.config === 'matrix.config.ts' ? [] : ['--config', options.config]),
    ...(options.releases === null ? [] : ['--releases', options.releases]),
    ...options.repository.flatMap((repository) => ['--repository', repository]),
    ...(options.image === null ? [] : ['--image', options.image]),
    ...(options.at === null ? [] : ['--at', options.at]),
  ];
  return flags.map((flag) => ` ${shellWord(flag)}`).join('');
}
