/** Runs the commands that audit prints against a scene: ours, and those of other tools that change one tag. */
import { isJsonObject } from '../../../src/domain/json.ts';
import { apply, audit, publish } from './commands.ts';
import { hold, type Held } from './held.ts';
import { withoutLockLines } from './lock-text.ts';
import type { Scene } from './scene.ts';
import { lockFile } from './situation.ts';

export interface Ended {
  readonly command: string;
  readonly exit: number;
  readonly error: string | null;
}

/** One printed command; parts joined by `&&` end with the first that fails. */
export async function run(scene: Scene, command: string): Promise<Ended> {
  for (const part of command.split(' && ')) {
    const { exit, error } = await runOne(scene, part.trim());
    if (exit !== 0) return { command, exit, error };
  }
  return { command, exit: 0, error: null };
}

type Result = Omit<Ended, 'command'>;

const done: Result = { exit: 0, error: null };

async function runOne(scene: Scene, command: string): Promise<Result> {
  const [tool = '', verb = '', ...args] = wordsOf(command);
  if (tool === 'tagwright') return tagwright(scene, verb, args);
  if (isConfigLine(command)) return addConfigLine(scene, command);
  const isOfJournal = command.includes('journal of');
  if (command.includes(lockFile)) {
    const dropped = dropLockLines(scene, command);
    return isOfJournal && dropped.exit === 0 ? dropJournals(scene, command) : dropped;
  }
  if (isOfJournal) return dropJournals(scene, command);
  if (scene.real !== undefined) return scene.real.run(command);
  const [from = '', to = ''] = args.filter((word) => !word.startsWith('-'));
  if (tool === 'crane' && verb === 'tag') return put(scene, from, `${nameOf(from)}:${to}`);
  if (tool === 'crane' && (verb === 'copy' || verb === 'cp')) return put(scene, from, to);
  if (tool === 'regctl' && verb === 'image') return put(scene, args[1] ?? '', args[2] ?? '');
  if (tool === 'regctl' && verb === 'tag' && from === 'delete') return drop(scene, to);
  if (tool === 'curl' && command.includes('DELETE')) return drop(scene, deletedBy(command));
  throw new Error(`nobody knows what this printed command does: ${command}`);
}

function wordsOf(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, one, two, bare]) => one ?? two ?? bare ?? '');
}

async function tagwright(scene: Scene, verb: string, args: readonly string[]): Promise<Result> {
  const { positional, repository, flags } = flagsOf(args);
  if (verb === 'apply') {
    const allowBackward = flags.has('--allow-backward');
    return apply(scene, { repository, plan: positional[0] ?? null, allowBackward });
  }
  if (verb === 'publish') {
    const wishes = {
      adopt: flags.has('--adopt'),
      replacePartial: flags.has('--replace-partial'),
      rebuild: flags.has('--rebuild'),
      allowBackward: flags.has('--allow-backward'),
    };
    return publish(scene, positional[0] ?? '', { repository, ...wishes });
  }
  if (verb === 'audit') return audit(scene, { repository, writeLock: flags.has('--write-lock'), failOn: ['none'] });
  throw new Error(`no test runs tagwright ${verb}`);
}

const known = new Set(['--adopt', '--replace-partial', '--rebuild', '--allow-backward', '--write-lock']);

function flagsOf(args: readonly string[]): { positional: string[]; repository: string[]; flags: Set<string> } {
  const [positional, repository, flags] = [new Array<string>(), new Array<string>(), new Set<string>()];
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index] ?? '';
    if (word === '--repository') repository.push(args[(index += 1)] ?? '');
    else if (word === '--config') index += 1;
    else if (known.has(word)) flags.add(word);
    else if (word.startsWith('-')) throw new Error(`no test runs tagwright with ${word}`);
    else positional.push(word);
  }
  return { positional, repository, flags };
}

const nameOf = (reference: string): string => reference.replace(/@.*$/, '').replace(/:[^/]*$/, '');

function placeOf(scene: Scene, reference: string): Held {
  const held = scene.places.get(nameOf(reference).replace(/^docker:\/\//, ''));
  if (held === undefined) throw new Error(`no test has the repository of ${reference}`);
  return held;
}

function put(scene: Scene, from: string, to: string): Result {
  const source = placeOf(scene, from);
  const [, named] = /@(sha256:[0-9a-f]{64})$/.exec(from) ?? [];
  const digest = named ?? source.tags.get(from.slice(from.lastIndexOf(':') + 1));
  const found = scene.content.manifests.get(digest ?? '');
  if (found === undefined || !source.has.has(found.digest)) return { exit: 1, error: `MANIFEST_UNKNOWN: ${from}` };
  hold(placeOf(scene, to), scene.content, found.digest, to.slice(to.lastIndexOf(':') + 1));
  return done;
}

function drop(scene: Scene, reference: string): Result {
  const isThere = placeOf(scene, reference).tags.delete(reference.slice(reference.lastIndexOf(':') + 1));
  return isThere ? done : { exit: 1, error: `MANIFEST_UNKNOWN: ${reference}` };
}

/** `registry/path:tag` of a request to the API of Docker Hub or Quay. */
function deletedBy(command: string): string {
  const hub = /hub\.docker\.com\/v2\/repositories\/(?<path>[^ ]+)\/tags\/(?<tag>[^/ ]+)\/?/.exec(command)?.groups;
  if (hub !== undefined) return `docker.io/${hub['path']}:${hub['tag']}`;
  const quay = /quay\.io\/api\/v1\/repository\/(?<path>[^ ]+)\/tag\/(?<tag>[^/ ]+)/.exec(command)?.groups;
  if (quay !== undefined) return `quay.io/${quay['path']}:${quay['tag']}`;
  throw new Error(`no test has what this deletes: ${command}`);
}

export const isConfigLine = (command: string): boolean => /^(exclude|yanked|accept):/.test(command);

/** `exclude: [{ version: '2.0.0', reason: '…' }]`; a yanked release is no longer excluded. */
function addConfigLine(scene: Scene, command: string): Result {
  const [, key] = /^(exclude|yanked|accept): \[\{ /.exec(command) ?? [];
  const [, version] = / version: '([^']+)'/.exec(command) ?? [];
  const [, code] = / code: '([^']+)'/.exec(command) ?? [];
  if (key === undefined || version === undefined) throw new Error(`no test reads this line of a config: ${command}`);
  const line = { ...(code === undefined ? {} : { code }), version, reason: 'a person chose so' };
  const exclude = linesOf(scene, 'exclude').filter((known) => key !== 'yanked' || known['version'] !== version);
  scene.config = { ...scene.config, exclude };
  scene.config = { ...scene.config, [key]: [...linesOf(scene, key), line] };
  return done;
}

function linesOf({ config }: Scene, key: string): readonly Readonly<Record<string, unknown>>[] {
  const lines = config[key];
  return Array.isArray(lines) ? lines.filter((line) => isJsonObject(line)) : [];
}

/** Takes the journals of the version away that the text names. */
function dropJournals({ journals }: Scene, command: string): Result {
  const words = wordsOf(command).map(bare);
  const named = [...journals.keys()].filter((path) => words.some((word) => path.includes(`/${word}/`)));
  for (const path of named) journals.delete(path);
  return named.length > 0 ? done : { exit: 1, error: 'there is no such journal' };
}

/** A word without the punctuation of its sentence. */
function bare(word: string): string {
  return word.replaceAll(/^\(|[(),;:]+$/g, '');
}

function dropLockLines({ files }: Scene, command: string): Result {
  const text = files.get(lockFile);
  const left = text === undefined ? null : withoutLockLines(text, new Set(wordsOf(command).map(bare)));
  if (left === null) return { exit: 1, error: `${lockFile} has no such line` };
  files.set(lockFile, left);
  return done;
}
