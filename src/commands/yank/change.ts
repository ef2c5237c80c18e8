/** What a yank or unyank changes: the config before and after, and the two plans. Reads only. */
import {
  editedConfig,
  editYanked,
  handEdit,
  isShared,
  yankPath,
  type HandEdit,
  type YankEdit,
  type YankPath,
} from '../../config/edit-yanked.ts';
import { InputError, type Problem } from '../../domain/errors.ts';
import { formatInstant } from '../../domain/instant.ts';
import type { Release } from '../../domain/release.ts';
import { diffPlans, type PlanDiff } from '../../plan/plan-diff.ts';
import { quote } from '../../domain/tag.ts';
import { sourcesOnce } from '../ask-once.ts';
import type { CommonOptions } from '../options.ts';
import { offlinePlan } from '../offline-plan.ts';
import { namedRelease, readProject, type Project } from '../read-project.ts';
import type { LoadedConfig, World } from '../world.ts';

export type Wanted =
  | { readonly kind: 'yank'; readonly version: string; readonly reason: string }
  | { readonly kind: 'unyank'; readonly version: string };

export interface Change {
  readonly version: string;
  /** The project as it is with the change. */
  readonly after: Project;
  /** The release in it. */
  readonly release: Release;
  readonly diff: PlanDiff;
  readonly config: ConfigChange;
}

export type ConfigChange =
  /** The config says so already: an earlier run was cut off, or a person wrote the line. */
  | { readonly kind: 'there'; readonly file: string }
  | { readonly kind: 'write'; readonly file: string; readonly text: string }
  /** Code is not edited. */
  | ({ readonly kind: 'by-hand'; readonly file: string } & HandEdit);

/** @throws {InputError} for a release that cannot be withdrawn, or taken back */
export async function readChange(wanted: Wanted, options: CommonOptions, given: World): Promise<Change> {
  // Two plans are made of one answer.
  const world = { ...given, sources: sourcesOnce(given) };
  await refuseGitTag(options, world);
  const loaded = await world.loadConfig(options.config);
  const read = (raw: unknown): Promise<Project> =>
    readProject(options, { ...world, loadConfig: () => Promise.resolve({ ...loaded, raw }) });
  const now = await read(loaded.raw);
  const release = namedRelease(now, wanted.version);
  const path = yankPath(loaded.raw, now.image.name);
  if (isShared(loaded.raw, path)) throw shared(now.image.name, loaded.file);
  const edit = editFor(wanted, release, now, world);
  if (edit === null) {
    const other = await read(editedConfig(loaded.raw, path, backEdit(wanted, release, now, world)));
    return changeOf(other, now, wanted, { kind: 'there', file: loaded.file });
  }
  const after = await read(editedConfig(loaded.raw, path, edit));
  const change = changeOf(now, after, wanted, await configChange(loaded, path, edit, options, world));
  refuseFruitless(change, wanted);
  return change;
}

function shared(image: string, file: string): InputError {
  const message = `all images of the config read it, and ${quote(image)} alone is asked for. Nothing was changed`;
  const fix = `give each image that needs it a list of its own, images: { ${image}: { yanked: […] } }`;
  return new InputError([{ code: 'CONFIG_INVALID', where: `${file} yanked`, message, fix }]);
}

function changeOf(before: Project, after: Project, { version }: Wanted, config: ConfigChange): Change {
  const release = namedRelease(after, version);
  const diff = diffPlans(offlinePlan(before, null), offlinePlan(after, null));
  return { version: release.version.text, after, release, diff, config };
}

/** @returns `null` if the config says so already */
function editFor(wanted: Wanted, release: Release, { image }: Project, world: World): YankEdit | null {
  const { yanked } = release;
  if (yanked === null) return wanted.kind === 'unyank' ? null : addEdit(release, wanted.reason, world);
  const index = image.yanked.findIndex(({ where }) => where === yanked.from);
  if (wanted.kind === 'unyank') {
    if (index === -1) throw refused('YANKED_BY_SOURCE', release, 'unyank');
    return { kind: 'remove', index };
  }
  if (index === -1) throw refused('YANKED_BY_SOURCE', release, 'yank');
  if (yanked.reason !== wanted.reason) throw refused('YANKED_ALREADY', release, 'yank');
  return null;
}

/** From a config that says so already to one that does not. */
function backEdit(wanted: Wanted, release: Release, { image }: Project, world: World): YankEdit {
  if (wanted.kind === 'unyank') return addEdit(release, 'as it was', world);
  return { kind: 'remove', index: image.yanked.findIndex(({ where }) => where === release.yanked?.from) };
}

function addEdit({ version }: Release, reason: string, { clock }: World): YankEdit {
  return { kind: 'add', entry: { version: version.text, reason, since: formatInstant(clock.nowMs()) } };
}

function refused(code: 'YANKED_ALREADY' | 'YANKED_BY_SOURCE', release: Release, command: Wanted['kind']): InputError {
  const { reason = '', from = '' } = release.yanked ?? {};
  const message = `${release.version.text} is withdrawn already: ${reason}`;
  const again = 'tagwright apply brings its tags back to the releases that own them now';
  const fix =
    code === 'YANKED_ALREADY'
      ? `change the reason there if it should be another; ${again}`
      : command === 'yank'
        ? `the config needs no line; ${again}`
        : 'the config has no line to take away: take it back there';
  return new InputError([{ code, where: from, message, fix }]);
}

/** What would change nothing, or leave nobody to own the tags, is refused before anything is written. */
function refuseFruitless({ release, after, diff, version }: Change, wanted: Wanted): void {
  const problems: Problem[] = [];
  const { yanked } = release;
  if (wanted.kind === 'unyank' && yanked !== null) {
    const message = `${version} is withdrawn there too: ${yanked.reason}. Nothing was changed`;
    problems.push({ code: 'YANKED_BY_SOURCE', where: yanked.from, message, fix: 'take it back there first' });
  }
  const orphans = diff.changes.filter(({ to }) => to === null);
  const isOnly = after.known.releases.every((one) => one.yanked !== null);
  if (wanted.kind === 'yank' && isOnly && orphans.length > 0) {
    const tags = orphans.map(({ tag }) => tag).slice(0, 3);
    const more = orphans.length > tags.length ? ` and ${orphans.length - tags.length} more` : '';
    const message = `it is the only release that is not withdrawn: ${tags.join(', ')}${more} would belong to nobody and stay on its image. Nothing was changed`;
    const fix = 'publish a release that works first, or delete the tags in the registry';
    problems.push({ code: 'YANKS_ALL', where: version, message, fix });
  }
  if (problems.length > 0) throw new InputError(problems);
}

async function configChange(
  { raw, file, root }: LoadedConfig,
  path: YankPath,
  edit: YankEdit,
  options: CommonOptions,
  world: World,
): Promise<ConfigChange> {
  const text = options.config === '-' ? null : await world.files(root).read(nameOf(options.config));
  const edited = text === null ? null : editYanked(text, file, path, edit);
  if (edited !== null) return { kind: 'write', file, text: edited };
  return { kind: 'by-hand', file, ...handEdit(raw, text ?? '', file, path, edit) };
}

/** The file of a path: `docker/matrix.config.yaml` is written in its own folder. */
export function nameOf(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

/** A line in the checkout of a git tag is in nobody's config. */
async function refuseGitTag(options: CommonOptions, world: World): Promise<void> {
  const found = (await world.defaultConfig?.(options.config)) ?? null;
  if (found === null) return;
  const message = `a git tag is checked out here, and the config of the default branch is another${found.kind === 'read' ? `: ${quote(found.file)}` : ''}`;
  const fix = 'check out the default branch, whose config decides from now on';
  throw new InputError([{ code: 'CONFIG_DIFFERS', where: options.config, message, fix }]);
}
