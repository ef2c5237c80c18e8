import { InputError } from '../domain/errors.ts';
import { quote } from '../domain/tag.ts';
import type { MetadataWishes } from '../report/metadata-action.ts';
import type { Inputs } from './inputs.ts';
import { repositoryLabels } from './repository-labels.ts';
import type { Env, Runner } from './runner.ts';

/** What the action's own inputs ask for; all of them are known before anything runs. */
export interface ActionWishes {
  readonly metadata: MetadataWishes;
  /** An event about a git tag that is no version of the config, in a repository that has tags of other things. */
  readonly otherTags: 'error' | 'skip';
}

/** @throws {InputError} USAGE */
export function readWishes(inputs: Inputs, env: Env, runner: Runner): ActionWishes {
  return {
    metadata: {
      tags: oneOf(inputs, 'tags', ['pinned', 'all']),
      labels: repositoryLabels(runner),
      levels: (env['DOCKER_METADATA_ANNOTATIONS_LEVELS'] ?? 'manifest').split(','),
      bakeTarget: inputs.get('bake-target') ?? 'docker-metadata-action',
    },
    otherTags: oneOf(inputs, 'other-tags', ['error', 'skip']),
  };
}

/** The first is the default. */
function oneOf<T extends string>(inputs: Inputs, name: string, choices: readonly [T, ...T[]]): T {
  const value = inputs.get(name) ?? choices[0];
  const chosen = choices.find((choice) => choice === value);
  if (chosen !== undefined) return chosen;
  const problem = { where: `input ${name}`, message: `${quote(value)} is none of its values` };
  throw new InputError([{ code: 'USAGE', ...problem, mend: `write ${choices.join(' or ')}` }]);
}
