/**
 * `tagwright record`: a record of what another builder pushed, as `build --record` writes one. The image is read back from
 * the registry first, so that what is recorded is there and is that cell.
 */
import { count } from '../domain/count.ts';
import { readDigestFile } from '../build/digest-file.ts';
import { recordFile, type RecordedBuild } from '../build/record.ts';
import { parseDigest, type Digest } from '../domain/digest.ts';
import { InputError, type Problem } from '../domain/errors.ts';
import { formatRepository } from '../domain/reference.ts';
import { isTag, quote, stagingPrefix } from '../domain/tag.ts';
import { type Cell, describeCell, targetId } from '../plan/cell.ts';
import { misfit } from '../plan/expected-image.ts';
import type { Registries } from '../ports.ts';
import { createInspector } from './inspector.ts';
import type { CommonOptions } from './options.ts';
import { readProject, required, type Project } from './read-project.ts';
import type { Outcome, World } from './world.ts';

export interface RecordOptions extends CommonOptions {
  /** Id of a cell; `null`: the targets of the file are ids. */
  readonly cell: string | null;
  /** What the digest has to be for; none: whatever of the cell's platforms it is for. */
  readonly platform: readonly string[];
  readonly digest: string | null;
  /** A file that another builder wrote. */
  readonly from: string | null;
  /** The tag that it was pushed under, for the publish to delete. */
  readonly stagingTag: string | null;
  /** Where to write it; `null`: to stdout. */
  readonly record: string | null;
}

/** One digest, and the cell it is said to be of. */
interface Claim {
  readonly cell: Cell;
  readonly digest: Digest;
}

/** @throws {InputError} USAGE; RECORD_INVALID for a digest that no repository has, or that is of something else */
export async function recordCommand(options: RecordOptions, world: World): Promise<Outcome> {
  refuseUnclear(options);
  const project = await readProject(options, world);
  const claims = await claimsOf(options, project, world);
  const [first] = claims;
  if (first === undefined || claims.some(({ cell }) => cell.release !== first.cell.release)) {
    throw problem('--from', 'has cells of several releases', 'record each release by itself');
  }
  const registries = await world.registries(project.config.insecureRegistries);
  try {
    const builds: RecordedBuild[] = [];
    for (const claim of claims) builds.push(...(await recordClaim(claim, { options, project, registries, world })));
    const { version, revision } = first.cell.release;
    const text = recordFile({ schema: 1, release: { version: version.text, revision }, builds }, (bytes) =>
      world.digestOf(new TextEncoder().encode(bytes)),
    );
    if (options.record === null) return { stdout: text, result: 'as-planned' };
    const lines = builds.map(({ repository, cell, platforms, digest }) =>
      [cell, platforms.join(' '), `${repository}@${digest}`].join('  '),
    );
    const stdout = `${[...lines, `recorded in ${options.record}`].join('\n')}\n`;
    return { stdout, files: [{ path: options.record, text }], result: 'as-planned' };
  } finally {
    await registries.close();
  }
}

function refuseUnclear({ cell, digest, from, stagingTag }: RecordOptions): void {
  if ((digest === null) === (from === null)) {
    throw usage('record', 'what was pushed is given by --digest or by --from', 'give one of them');
  }
  if (from === null && cell === null) throw usage('--digest', 'of which cell?', 'add --cell with its id');
  if (stagingTag === null || (isTag(stagingTag) && stagingTag.startsWith(stagingPrefix))) return;
  const message = `${quote(stagingTag)} would be deleted by the publish, and is not a staging tag`;
  throw usage('--staging-tag', message, 'push under a tag that begins with staging-, or leave the flag out');
}

async function claimsOf({ cell, digest, from }: RecordOptions, project: Project, world: World): Promise<Claim[]> {
  if (from === null) {
    const parsed = parseDigest(digest ?? '');
    if (parsed !== null) return [{ cell: cellOf(cell ?? '', '--cell', project), digest: parsed }];
    const fix = 'expected sha256: and 64 hex digits, as the registry names the manifest';
    throw new InputError([
      { code: 'DIGEST_INVALID', where: '--digest', message: `${quote(digest ?? '')} is not a digest`, fix },
    ]);
  }
  const pushed = required(readDigestFile(await world.readText(from), from));
  if (cell === null) {
    if (pushed.some(({ target }) => target === null)) throw usage('--from', `${from} is of one build`, 'add --cell');
    return pushed.map(({ target, digest: found }) => ({ cell: cellOf(target ?? '', from, project), digest: found }));
  }
  const [only, ...others] = pushed.length === 1 ? pushed : pushed.filter(({ target }) => target === cell);
  if (only !== undefined && others.length === 0)
    return [{ cell: cellOf(cell, '--cell', project), digest: only.digest }];
  throw problem(
    from,
    `has ${count(pushed.length, 'target')}, and none is called ${cell}`,
    'leave --cell out, or name the target so',
  );
}

function cellOf(id: string, where: string, { tags }: Project): Cell {
  const found = tags.cells.find((cell) => targetId(cell) === id);
  if (found !== undefined) return found;
  throw problem(where, `${quote(id)} is not the id of a cell`, 'tagwright matrix VERSION has each id as "only"');
}

interface Scene {
  readonly options: RecordOptions;
  readonly project: Project;
  readonly registries: Registries;
  readonly world: World;
}

/** One build for each repository that has the digest. */
async function recordClaim({ cell, digest }: Claim, scene: Scene): Promise<RecordedBuild[]> {
  const { options, project, registries, world } = scene;
  const builds: RecordedBuild[] = [];
  for (const repository of project.image.repositories) {
    const name = formatRepository(repository);
    const image = await createInspector(registries.open(repository), world.signal)(digest);
    if (image === null) continue;
    const fault = image.reason ?? platformFault(cell, image.platforms, options.platform);
    if (fault !== null) throw problem(`${name}@${digest}`, fault, 'give the digest that the builder pushed');
    const { mislabelled } = misfit(cell, image);
    if (mislabelled.length > 0) {
      const message = `is another image than ${describeCell(cell)}: ${mislabelled.join('; ')}`;
      throw problem(`${name}@${digest}`, message, 'give the digest of that cell');
    }
    builds.push({
      repository: name,
      cell: targetId(cell),
      platforms: cell.platforms.filter((platform) => image.platforms.includes(platform)),
      state: 'built',
      digest,
      mediaType: image.mediaType,
      stagingTag: options.stagingTag,
      attestations: image.attestations,
    });
  }
  if (builds.length > 0) return builds;
  const names = project.image.repositories.map(formatRepository).join(', ');
  throw problem(digest, `is not in ${names}`, 'push it there first; the publish merges what the registry has');
}

function platformFault(cell: Cell, has: readonly string[], wanted: readonly string[]): string | null {
  const asked = wanted.flatMap((text) => text.split(',').map((platform) => platform.trim()));
  const stranger = has.find((platform) => !cell.platforms.includes(platform));
  if (stranger !== undefined)
    return `is for ${stranger}, and ${describeCell(cell)} is for ${cell.platforms.join(', ')}`;
  if (asked.length === 0 || asked.toSorted().join() === has.toSorted().join()) return null;
  return `is for ${has.join(', ')}, not for ${asked.join(', ')}`;
}

function problem(where: string, message: string, fix: string): InputError {
  return inputError('RECORD_INVALID', where, message, fix);
}

function usage(where: string, message: string, fix: string): InputError {
  return inputError('USAGE', where, message, fix);
}

function inputError(code: Problem['code'], where: string, message: string, fix: string): InputError {
  return new InputError([{ code, where, message, fix }]);
}
