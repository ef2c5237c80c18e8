/** States that a test names: the first project, published right, and what is done to it by hand. */
import type { Digest } from '../../../src/domain/digest.ts';
import type { BaseCell } from './base.ts';
import { apply, audit, type Applied, type Finding } from './commands.ts';
import { hold, type Held } from './held.ts';
import { projects, repositories } from './projects.ts';
import { imageFor, situationOf } from './situation.ts';
import { changedTags, copyScene, type Scene } from './scene.ts';
import { undamaged, type Image, type State } from './state.ts';

export interface Stage {
  readonly scene: Scene;
  readonly cell: (version: string, python: string) => BaseCell;
  /** Makes an image and puts it there under no tag. */
  readonly make: (image: Image, cell: BaseCell, other?: BaseCell) => Digest;
  readonly point: (tags: string | readonly string[], digest: Digest, repository?: string) => void;
  readonly remove: (tags: readonly string[], repository?: string) => void;
  readonly held: (repository?: string) => Held;
  readonly at: (tag: string, repository?: string) => Digest | undefined;
}

export const [first, second] = repositories;

export interface Wanted {
  readonly lock?: State['lock'];
  readonly behind?: boolean;
  readonly partial?: boolean;
  /** How many repositories. */
  readonly count?: number;
  /** The project, by its name. */
  readonly project?: string;
}

export async function stage({
  lock = 'none',
  behind = false,
  partial = false,
  count = 1,
  project = 'two-pythons, default',
}: Wanted = {}): Promise<Stage> {
  const index = projects.findIndex(({ name }) => name === project);
  const places = Array.from({ length: count }, () => undamaged);
  const { scene, base } = await situationOf({ project: index, lock, behind, partial, places });
  const held = (repository: string = first): Held => {
    const found = scene.places.get(repository);
    if (found === undefined) throw new Error(`the stage has no ${repository}`);
    return found;
  };
  return {
    scene,
    held,
    cell: (version, python) => {
      const found = base.cells.find((cell) => cell.version === version && cell.axes['python'] === python);
      if (found === undefined) throw new Error(`there is no ${version} for ${python}`);
      return found;
    },
    make: (image, cell, other = cell) => {
      const digest = imageFor(image, cell, other, scene.content);
      hold(held(), scene.content, digest);
      return digest;
    },
    point: (tags, digest, repository) => {
      for (const tag of [tags].flat()) hold(held(repository), scene.content, digest, tag);
    },
    remove: (tags, repository) => {
      for (const tag of tags) held(repository).tags.delete(tag);
    },
    at: (tag, repository) => held(repository).tags.get(tag),
  };
}

export interface AfterApply {
  readonly exit: number;
  readonly error: string | null;
  readonly text: string;
  readonly reports: readonly Applied[];
  readonly scene: Scene;
  /** `tag` where the tag is another one now, in any repository. */
  readonly changed: readonly string[];
}

/** `apply` on a copy. */
export async function applied(scene: Scene, flags: Parameters<typeof apply>[1] = {}): Promise<AfterApply> {
  const after = copyScene(scene);
  const { exit, error, text, reports } = await apply(after, flags);
  return { exit, error, text, reports, scene: after, changed: changedTags(scene, after) };
}

/** The finding of a tag, in the first repository unless another is named. */
export async function findingOf(scene: Scene, tag: string, repository: string = first): Promise<Finding | undefined> {
  const { reports } = await audit(scene);
  return reports.find((report) => report.repository === repository)?.findings.find((finding) => finding.tag === tag);
}
