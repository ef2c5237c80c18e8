/**
 * Rules of registries under which every pinned tag of a plan is fixed and every convenience tag free. What each registry
 * takes: docs/security.md, with the sources.
 */
import { stagingPrefix } from '../domain/tag.ts';
import { alternatives, joined, regexOf, type Alternative, type Piece } from './alternatives.ts';
import { filtersFor } from './wildcards.ts';

export interface Protection {
  readonly registry: 'Docker Hub' | 'GitLab' | 'Amazon ECR' | 'Harbor' | 'Azure Container Registry';
  /** Where the rules are set, and what each means there. */
  readonly setting: string;
  /** Empty where no rule can say it. */
  readonly rules: readonly string[];
  /** Tags for which no rule could be found. */
  readonly inTheWay: readonly string[];
}

export interface PlanTags {
  readonly pinned: readonly string[];
  readonly convenience: readonly string[];
}

/**
 * Lists and signatures that hang on a digest: registries without referrers keep them under tags, which are written again
 * for each signature.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#referrers-tag-schema
 */
const attached = ['', '.sig', '.att', '.sbom'].map((end) => `sha256-${'0123456789abcdef'.repeat(4)}${end}`);

export function protections({ pinned, convenience }: PlanTags): readonly Protection[] {
  const free = [...convenience, `${stagingPrefix}1-linux-amd64`, ...attached];
  const found = alternatives(pinned, free);
  return [
    {
      registry: 'Docker Hub',
      setting: 'Settings, General, Tag mutability settings: specific tags are immutable, by this regular expression',
      rules: [joined(found)],
      inTheWay: [],
    },
    gitlab(found),
    ecr(pinned, free),
    harbor(found, pinned),
    {
      registry: 'Azure Container Registry',
      setting:
        'it has no rules by name: lock each pinned tag once it is published, with az acr repository update ' +
        '--name REGISTRY --image REPOSITORY:TAG --write-enabled false',
      rules: [],
      inTheWay: [],
    },
  ];
}

/** @see https://docs.gitlab.com/user/packages/container_registry/immutable_container_tags/ */
const gitlabLimits = { rules: 5, characters: 100 } as const;

function gitlab(found: readonly Alternative[]): Protection {
  const groups: Alternative[][] = [];
  for (const one of found) {
    const group = groups.find((all) => joined([...all, one]).length <= gitlabLimits.characters);
    if (group === undefined) groups.push([one]);
    else group.push(one);
  }
  const rules = groups.map(joined);
  const isSaid = rules.length <= gitlabLimits.rules && rules.every((rule) => rule.length <= gitlabLimits.characters);
  return {
    registry: 'GitLab',
    setting: 'Settings, Packages and registries, Protected container tags: an immutable rule for each',
    rules: isSaid ? rules : [],
    inTheWay: isSaid ? [] : found.slice(gitlabLimits.rules - 1).map(regexOf),
  };
}

/** Two ways round; the one that says it all, or else the one that leaves fewer tags. */
function ecr(pinned: readonly string[], free: readonly string[]): Protection {
  const ways = [false, true].flatMap((numbers) => [
    {
      numbers,
      mode: 'IMMUTABLE_WITH_EXCLUSION',
      ...filtersFor(free, pinned, numbers, [`${stagingPrefix}*`, 'sha256-*']),
    },
    { numbers, mode: 'MUTABLE_WITH_EXCLUSION', ...filtersFor(pinned, free, numbers) },
  ]);
  const [best] = ways.toSorted((a, b) => a.left.length - b.left.length);
  const isSaid = best !== undefined && best.left.length === 0;
  const caveat = best?.numbers === true ? '; they hold for the tags of today, so ask again after each release' : '';
  return {
    registry: 'Amazon ECR',
    setting: isSaid
      ? `image tag mutability ${best.mode}, with these exclusion filters of the type WILDCARD${caveat}`
      : 'five filters of two wildcards cannot tell the pinned tags from the convenience tags',
    rules: isSaid ? best.filters : [],
    inTheWay: isSaid ? [] : (best?.left ?? []),
  };
}

const harborLimit = 15;

/** @see https://goharbor.io/docs/main/working-with-projects/working-with-images/create-tag-immutability-rules/ */
function harbor(found: readonly Alternative[], pinned: readonly string[]): Protection {
  const digits = Math.max(
    1,
    ...pinned.flatMap((tag) => (tag.replaceAll(/[0-9a-f]{40}/g, '').match(/\d+/g) ?? []).map((run) => run.length)),
  );
  // A number may grow by a digit.
  const rules = found.map((one) => globOf(one, Math.min(digits, 14) + 1));
  const isSaid = rules.length <= harborLimit;
  return {
    registry: 'Harbor',
    setting: 'Project, Policy, Tag immutability: for the repository, tags matching, a rule for each',
    rules: isSaid ? rules : [],
    inTheWay: isSaid ? [] : rules.slice(harborLimit),
  };
}

/** A pattern of doublestar: it has no repetition, so a number is an alternative for each length. */
function globOf({ pieces, isOpen }: Alternative, digits: number): string {
  const number = `{${Array.from({ length: digits }, (_, index) => '[0-9]'.repeat(index + 1)).join(',')}}`;
  const textOf = (piece: Piece, index: number): string => {
    if (piece.kind === 'text') return piece.text;
    if (piece.kind === 'commit') return '[0-9a-f]'.repeat(40);
    return isOpen && index === pieces.length - 1 ? '[0-9]' : number;
  };
  return `${pieces.map(textOf).join('')}${isOpen ? '*' : ''}`;
}
