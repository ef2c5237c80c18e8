/** Reads the event that started this run: from the variables of its CI, or from a file. */
import { readInputText, standardInput } from '../adapters/files/standard-input.ts';
import { readTextFile } from '../adapters/files/text-file.ts';
import { required } from '../commands/read-project.ts';
import type { BuildEvent } from '../domain/build-event.ts';
import { ciRun, eventOfRun } from '../domain/ci.ts';
import { InputError, type Problem } from '../domain/errors.ts';
import { eventOf, githubEvent, type GithubEvent } from '../domain/github-event.ts';
import { parseJsonObject, type JsonObject } from '../domain/json.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** GitHub sends at most 25 MB. */
const maxMebibytes = 64;
const byRunner = 'run this where a runner sets it';

interface EventSurroundings {
  readonly env: Env;
  readonly nowMs: number;
  /** Whether whoever started the run may write to the repository; `null`: its payload shows it. */
  readonly isTrusted: boolean | null;
}

/**
 * @param file with the event, `-` for standard input; `null`: the one of the variables
 * @throws {InputError} EVENT_INVALID
 */
export async function readBuild(
  file: string | null,
  { env, nowMs, isTrusted }: EventSurroundings,
): Promise<BuildEvent> {
  const run = file === null ? required(ciRun(env)) : null;
  if (run !== null) return required(eventOfRun(run, nowMs));
  const event = file === null ? await readGithubEvent(env) : githubEvent(env, await readPayload(file));
  if (file === null && event.name === '') throw new InputError([noEvent]);
  const headOfPull = env['DOCKER_METADATA_PR_HEAD_SHA'] === 'true';
  const where = file === null ? 'the event' : file === '-' ? standardInput : file;
  return required(eventOf(event, { where, at: nowMs, isTrusted, headOfPull }));
}

const noEvent: Problem = {
  code: 'EVENT_INVALID',
  where: '--event',
  message: 'no event is named, and no CI is known by its variables',
  fix: 'write --event FILE with the payload of an event, or - to read it from standard input',
};

/** @throws {InputError} EVENT_INVALID where the event's file is not what a runner writes */
export async function readGithubEvent(env: Env): Promise<GithubEvent> {
  const path = env['GITHUB_EVENT_PATH'] ?? '';
  if (path === '') return githubEvent(env, {});
  const where = 'GITHUB_EVENT_PATH';
  const rules = { where, code: 'EVENT_INVALID', maxBytes: maxMebibytes * 1_048_576 } as const;
  const text = await readTextFile(path, { ...rules, missing: { code: 'EVENT_INVALID', fix: byRunner } });
  return githubEvent(env, payloadOf(text, where, byRunner));
}

async function readPayload(file: string): Promise<JsonObject> {
  const fix = 'write the JSON of an event that GitHub sends';
  const code = 'EVENT_INVALID';
  if (file === '-')
    return payloadOf(await readInputText(process.stdin, { code, maxMebibytes, fix }), standardInput, fix);
  const missing = { code: 'USAGE', fix: 'name a file that is there' } as const;
  return payloadOf(
    await readTextFile(file, { where: file, code, maxBytes: maxMebibytes * 1_048_576, missing }),
    file,
    fix,
  );
}

function payloadOf(text: string, where: string, fix: string): JsonObject {
  const payload = parseJsonObject(text);
  if (payload !== null) return payload;
  throw new InputError([{ code: 'EVENT_INVALID', where, message: 'the file of the event holds no JSON object', fix }]);
}
