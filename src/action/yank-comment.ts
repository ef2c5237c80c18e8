/**
 * `on-comment: true`: a comment `/yank 3.6.5 reason` of somebody who may push opens a pull request with the line in the
 * config. Nothing is moved: that is the work of a workflow with a protected environment, after the merge.
 */
import { findConfig, trustedUsers } from '../adapters/files/find-config.ts';
import { mayWrite, openChange } from '../adapters/github/github-changes.ts';
import { githubClient, type GithubClient } from '../adapters/github/github-client.ts';
import { pullRequestComments } from '../adapters/github/github-notes.ts';
import { createHttp } from '../adapters/http/http.ts';
import type { CommonOptions } from '../commands/options.ts';
import type { World } from '../commands/world.ts';
import { nameOf, readChange, type Change, type Wanted } from '../commands/yank/change.ts';
import { InputError, OutsideError } from '../domain/errors.ts';
import { githubCredential } from '../domain/github-credential.ts';
import { parseInstant } from '../domain/instant.ts';
import { textAt, valueAt, type JsonObject } from '../domain/json.ts';
import { printable } from '../domain/text.ts';
import { realWorld } from '../entry/world.ts';
import { planDiffMarkdown } from '../report/plan-diff.ts';
import { markdownCode as code, markdownText } from '../report/markdown-text.ts';
import type { Handed } from './hand-over.ts';
import type { Inputs } from './inputs.ts';
import type { Env, Runner } from './runner.ts';

/** What a comment asks for; `null` if it is about something else. */
export function commentWish(body: string): Wanted | null {
  const [line = ''] = body.split(/\r?\n/);
  const found = /^\/(?<kind>yank|unyank)[ \t]+(?<version>\S+)(?:[ \t]+(?<reason>.*))?$/.exec(line.trimEnd())?.groups;
  if (found === undefined) return null;
  const { kind, version = '', reason = '' } = found;
  return kind === 'unyank' ? { kind, version } : { kind: 'yank', version, reason: reason.trim() };
}

export interface Answering {
  readonly inputs: Inputs;
  readonly runner: Runner;
  readonly env: Env;
  /** The comment is on a pull request: its code is not run. */
  readonly dataOnly: boolean;
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
}

/** @throws {InputError} with what is wrong with the wish, which the comment is answered with too */
export async function answerComment(answering: Answering): Promise<Handed> {
  const { runner, print, signal } = answering;
  const { name, payload } = runner.event;
  const login = textAt(payload, 'comment', 'user', 'login');
  const wanted = commentWish(textAt(payload, 'comment', 'body') ?? '');
  const isNew = name === 'issue_comment' && textAt(payload, 'action') === 'created';
  if (!isNew || login === null || wanted === null) return skipped(print, 'no new comment asks for a yank');
  const client = clientOf(answering);
  if (!(await mayWrite(client, login, signal)))
    return skipped(print, `${printable(login)} may not write to this repository: nothing was opened`);
  const issue = valueAt(payload, 'issue', 'number');
  const reply = async (body: string): Promise<void> => {
    if (typeof issue === 'number') await pullRequestComments(client, issue).create({ title: '', body }, signal);
  };
  try {
    const { text, said } = await propose(wanted, login, client, answering);
    await reply(said);
    return { stdout: `${text}\n`, result: 'as-planned' };
  } catch (error) {
    if (error instanceof InputError) await reply(problemsText(error));
    throw error;
  }
}

function skipped(print: (line: string) => void, because: string): Handed {
  print(because);
  return { stdout: `${because}\n`, result: 'skipped' };
}

function problemsText({ problems }: InputError): string {
  const lines = problems.map(
    ({ message, fix }) => `- ${markdownText(message)}${fix === undefined ? '' : `: ${code(fix)}`}`,
  );
  return `Nothing was opened:\n\n${lines.join('\n')}`;
}

interface Proposed {
  /** For the log. */
  readonly text: string;
  /** For the comment. */
  readonly said: string;
}

async function propose(
  wanted: Wanted,
  login: string,
  client: GithubClient,
  { inputs, runner, env, dataOnly, print, signal }: Answering,
): Promise<Proposed> {
  const { payload } = runner.event;
  if (wanted.kind === 'yank') refuseReason(wanted.reason);
  const token = inputs.get('github-token');
  const own = token === undefined ? env : { ...env, GITHUB_TOKEN: token };
  const world = atComment(realWorld({ env: own, say: print, signal, dataOnly }), payload);
  const options = await optionsOf(inputs);
  const change = await readChange(wanted, options, world);
  const { config, version } = change;
  if (config.kind === 'there') {
    const said = `${code(config.file)} ${wanted.kind === 'yank' ? 'says so already' : 'has no such line'}.`;
    return { text: said, said };
  }
  if (config.kind === 'by-hand') {
    const what = config.line === null ? 'Delete the entry' : `Write ${code(config.line)}`;
    const said = `${code(config.file)} is code, which is not edited here. ${what} at ${code(config.place)}.`;
    return { text: said, said };
  }
  const base = textAt(payload, 'repository', 'default_branch') ?? 'main';
  const title = wanted.kind === 'yank' ? `Yank ${version}: ${wanted.reason}` : `Take back the yank of ${version}`;
  const before = await textOf(change, options, world);
  const opened = await openChange(
    client,
    runner.repository.split('/')[0] ?? '',
    {
      path: before.path,
      before: before.text,
      after: config.text,
      base,
      branch: `tagwright/${wanted.kind}-${version.replaceAll(/[^0-9A-Za-z._-]/g, '-')}`,
      title: printable(title, 100),
      body: `Asked for by @${login}. Merging changes the config alone; no tag has moved.\n\n${planDiffMarkdown(change.diff)}`,
    },
    signal,
  );
  const verb = opened.wasOpen ? 'is open already' : 'has the line in the config';
  return {
    text: `${opened.url} ${verb}`,
    said: `#${opened.number} ${verb}. Tags move once it is merged and the run that moves them is approved.`,
  };
}

function refuseReason(reason: string): void {
  if (reason !== '' && printable(reason) === reason) return;
  const message = reason === '' ? 'no reason is given' : 'the reason is not one line of 200 printable characters';
  throw new InputError([{ code: 'USAGE', where: 'the comment', message, fix: '/yank VERSION why it is withdrawn' }]);
}

/** A run that is repeated writes the same line. */
function atComment(world: World, payload: JsonObject): World {
  const at = parseInstant(textAt(payload, 'comment', 'created_at') ?? '');
  return at === null ? world : { ...world, clock: { ...world.clock, nowMs: () => at } };
}

async function optionsOf(inputs: Inputs): Promise<CommonOptions> {
  const cwd = process.cwd();
  const config = inputs.get('config') ?? (await findConfig(cwd, trustedUsers(process.getuid?.(), undefined)));
  return {
    config: config ?? 'matrix.config.ts',
    releases: inputs.get('releases') ?? null,
    repository: [],
    image: inputs.get('image') ?? null,
    at: null,
  };
}

/** The config that is checked out, and its path from the top of the git repository. */
async function textOf(
  { after }: Change,
  { config }: CommonOptions,
  world: World,
): Promise<{ readonly path: string; readonly text: string }> {
  const name = nameOf(config);
  const text = await world.files(after.root).read(name);
  if (text === null) throw new OutsideError('FILE_FAILED', `${config} is gone`, { path: config });
  const { above = 0 } = await world.loadConfig(config);
  const folders = after.root.split(/[\\/]/).slice(-above);
  return { path: [...(above === 0 ? [] : folders), name].join('/'), text };
}

function clientOf({ inputs, runner, env, print }: Answering): GithubClient {
  const { repository, apiUrl } = runner;
  const token = inputs.get('github-token') ?? env['GITHUB_TOKEN'];
  const credential = githubCredential({ GITHUB_TOKEN: token, GITHUB_API_URL: apiUrl }, apiUrl);
  return githubClient({ repository, credential, baseUrl: apiUrl, http: createHttp({ env }), onWait: print });
}
