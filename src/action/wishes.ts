import { createHttp } from '../adapters/http/http.ts';
import { githubCredential } from '../domain/github-credential.ts';
import { InputError } from '../domain/errors.ts';
import { quote } from '../domain/tag.ts';
import type { HandedTags, MetadataWishes } from '../report/metadata-action.ts';
import { noteMark } from '../report/note.ts';
import type { Inputs } from './inputs.ts';
import type { PostWishes } from './post.ts';
import { repositoryLabels } from './repository-labels.ts';
import type { Env, Runner } from './runner.ts';

/** What the action's own inputs ask for; all of them are known before anything runs. */
export interface ActionWishes {
  readonly metadata: MetadataWishes;
  /** An event about a git tag that is not a version of the config, in a repository that has tags of other things. */
  readonly otherTags: 'error' | 'skip';
  /** The event is a comment that may ask for the command. */
  readonly onComment: boolean;
  /** Where else the report goes; `null` for the job summary alone. */
  readonly post: PostWishes | null;
}

/** The one command whose report each of them is of. */
const posters = { comment: 'plan', issue: 'audit' } as const;

/** @throws {InputError} USAGE */
export function readWishes(inputs: Inputs, env: Env, runner: Runner): ActionWishes {
  return {
    metadata: {
      tags: inputs.has('tags') ? oneOf<HandedTags>(inputs, 'tags', ['pinned', 'all', 'none']) : null,
      labels: repositoryLabels(runner),
      levels: (env['DOCKER_METADATA_ANNOTATIONS_LEVELS'] || 'manifest').split(','),
      bakeTarget: inputs.get('bake-target') ?? 'docker-metadata-action',
    },
    otherTags: oneOf(inputs, 'other-tags', ['error', 'skip']),
    onComment: readOnComment(inputs),
    post: readPost(inputs, env, runner),
  };
}

function readOnComment(inputs: Inputs): boolean {
  if (oneOf(inputs, 'on-comment', ['false', 'true']) === 'false') return false;
  const command = inputs.get('command') ?? '';
  if (command === 'yank') return true;
  const problem = { where: 'input on-comment', message: `${command} answers no comment` };
  throw new InputError([{ code: 'USAGE', ...problem, fix: 'write command: yank, which answers /yank and /unyank' }]);
}

function readPost(inputs: Inputs, env: Env, { repository, apiUrl, runUrl }: Runner): PostWishes | null {
  const command = inputs.get('command') ?? '';
  for (const kind of ['comment', 'issue'] as const) {
    if (oneOf(inputs, kind, ['false', 'true']) === 'false') continue;
    if (command !== posters[kind]) {
      const problem = { where: `input ${kind}`, message: `${command} writes none` };
      throw new InputError([{ code: 'USAGE', ...problem, fix: `leave it to ${posters[kind]}` }]);
    }
    const about = ['config', 'image', 'repository'].map((input) => inputs.get(input) ?? '');
    const token = inputs.get('github-token') ?? env['GITHUB_TOKEN'];
    // The repository of the event is on the server that issued the token of the job.
    const credential = githubCredential({ GITHUB_TOKEN: token, GITHUB_API_URL: apiUrl }, apiUrl);
    const http = createHttp({ env });
    return {
      kind,
      credential,
      repository,
      apiUrl,
      http,
      frame: { mark: noteMark(command, about), runUrl, whole: 'the summary of its run' },
    };
  }
  return null;
}

/** The first is the default. */
function oneOf<T extends string>(inputs: Inputs, name: string, choices: readonly [T, ...T[]]): T {
  const value = inputs.get(name) ?? choices[0];
  const chosen = choices.find((choice) => choice === value);
  if (chosen !== undefined) return chosen;
  const problem = { where: `input ${name}`, message: `${quote(value)} is none of its values` };
  throw new InputError([{ code: 'USAGE', ...problem, fix: `write ${choices.join(' or ')}` }]);
}
