/**
 * Tags that would stand still unnoticed: the newest release was built, but not for the value that the tag stands for
 * without naming it. A tag that names its values in full (`2-python3.7`) may stand still: its name says what it is.
 */
import type { ImageConfig } from '../config/types.ts';
import type { Problem } from '../domain/errors.ts';
import type { Release } from '../domain/release.ts';
import { describeAxes, fullTag, type Cell } from './cell.ts';
import type { ConvenienceTag } from './convenience-rule.ts';
import { allShapes, whyNotPlanned } from './shapes.ts';
import type { TagMap } from './tag-map.ts';

export function standingStill(tags: TagMap, image: ImageConfig, file: string): Problem[] {
  const shapes = allShapes(image.axes);
  return tags.convenience.flatMap((tag): Problem[] => {
    const { owner, newest } = tag;
    if (!tag.frozen || owner === null || newest === null || owner.release === newest) return [];
    const hidden = hiddenAxes(tag, image);
    const isPlanned = shapes.some(
      ({ axes }, index) =>
        Object.entries(axes).every(([axis, value]) => hidden.has(axis) || owner.shape.axes[axis] === value) &&
        isPlannedFor(shapes[index], newest, image),
    );
    if (hidden.size === 0 || !isPlanned) return [];
    return [problemOf(tag, { owner, newest, hidden, file })];
  });
}

function isPlannedFor(shape: Cell['shape'] | undefined, release: Release, image: ImageConfig): boolean {
  return shape !== undefined && whyNotPlanned(shape, release, image) === null;
}

/** Axes whose value the tag stands for and does not name: by a default, a list, or an alias. */
function hiddenAxes({ rule, aliases }: ConvenienceTag, image: ImageConfig): ReadonlySet<string> {
  const hidden = image.axes.filter(({ name, values }) => {
    if (aliases[name] !== undefined) return true;
    const isNamed = Object.keys(values[0]?.variables ?? {}).some((variable) => rule.template.names.has(variable));
    return rule.only.get(name) === 'default' || (rule.only.has(name) && !isNamed);
  });
  return new Set(hidden.map(({ name }) => name));
}

function problemOf(
  tag: ConvenienceTag,
  at: {
    readonly owner: Cell;
    readonly newest: Release;
    readonly hidden: ReadonlySet<string>;
    readonly file: string;
  },
): Problem {
  const { owner, newest, hidden, file } = at;
  const axes = Object.entries(owner.shape.axes);
  const meant = describeAxes(Object.fromEntries(axes.filter(([axis]) => hidden.has(axis))));
  const others = describeAxes(Object.fromEntries(axes.filter(([axis]) => !hidden.has(axis))));
  const still = `the tag would stand still on ${owner.release.version.text}`;
  const isDefault = [...hidden].every((axis) => tag.rule.only.get(axis) === 'default');
  if (isDefault) {
    return {
      code: 'DEFAULT_PYTHON_DROPPED',
      where: `${file} defaults.${[...hidden].join(', ')}`,
      message: `${newest.version.text}, the newest final that ${tag.tag} could go to, did not build the default ${meant}${others === '' ? '' : ` in ${others}`}; ${still}`,
      fix: 'choose a default that is built, by range where it changed',
    };
  }
  return {
    code: 'TAG_STANDS_STILL',
    where: `${file} rules.${tag.rule.name}`,
    message: `${newest.version.text}, the newest release that ${tag.tag} could go to, was not built with ${meant}${others === '' ? '' : ` in ${others}`}; ${still} (${fullTag(owner)})`,
    fix: `name a value that is built, by range where it changed; or end the rule: { range: '<${newest.version.text}', reason: '…' }`,
  };
}
