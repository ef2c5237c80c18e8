/** A repository of a test's own in a real registry, and what somebody else may do to it. */
import { join } from 'node:path';
import { InputError } from '../../src/domain/errors.ts';
import { publish, publishOptions, publishWorld, type Published, type PublishWorldOptions } from './publish-world.ts';
import { readTags } from './read-tags.ts';
import { tempFolder } from './temp-folder.ts';

let count = 0;

export interface Place {
  /** `127.0.0.1:<port>` of the registry. */
  readonly host: string;
  readonly path: string;
  readonly repository: string;
  readonly journal: string;
  readonly tags: () => Promise<Record<string, string>>;
  readonly publish: (version: string, world?: PublishWorldOptions, more?: object) => Promise<Published>;
}

/** A repository and a journal folder of the test's own. */
export async function place(host: string): Promise<Place> {
  count += 1;
  const path = `publish/test-${process.pid}-${count}`;
  const repository = `${host}/${path}`;
  const journal = join(await tempFolder(), 'journal');
  return {
    host,
    path,
    repository,
    journal,
    tags: () => readTags(host, path),
    publish: (version, world = {}, more = {}) =>
      publish(publishOptions(version, repository, journal, more), publishWorld(world)),
  };
}

export async function problemsOf(work: Promise<unknown>): Promise<InputError['problems']> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof InputError) return error.problems;
  throw new Error(`expected an InputError, got ${String(error)}`);
}

export const conveniences = (tags: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).filter(([tag]) => /^(?:1(?:\.\d+)?-(?:python|latest)|latest)/.test(tag)));

export async function remove(at: Place, tag: string): Promise<void> {
  // Distribution deletes by digest only: the tag is moved to a throw-away manifest, which is deleted with it.
  const other = await putThrowAway(at, tag);
  const answer = await fetch(`http://${at.host}/v2/${at.path}/manifests/${other}`, { method: 'DELETE' });
  if (answer.status !== 202) throw new Error(`DELETE: ${answer.status}`);
}

async function putThrowAway(at: Place, tag: string): Promise<string> {
  const type = 'application/vnd.oci.image.index.v1+json';
  const body = JSON.stringify({ schemaVersion: 2, mediaType: type, manifests: [], annotations: { tag } });
  const url = `http://${at.host}/v2/${at.path}/manifests/${tag}`;
  const answer = await fetch(url, { method: 'PUT', headers: { 'content-type': type }, body });
  const digest = answer.headers.get('docker-content-digest');
  if (answer.status !== 201 || digest === null) throw new Error(`PUT: ${answer.status}`);
  return digest;
}

/** Moves a tag by hand, as a push of somebody else's does. */
export async function put(at: Place, tag: string, digest: string): Promise<void> {
  const url = `http://${at.host}/v2/${at.path}/manifests`;
  const from = await fetch(`${url}/${digest}`, {
    headers: { accept: 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json' },
  });
  const body = Buffer.from(await from.arrayBuffer());
  const headers = { 'content-type': from.headers.get('content-type') ?? '' };
  const answer = await fetch(`${url}/${tag}`, { method: 'PUT', headers, body });
  if (answer.status !== 201) throw new Error(`PUT ${tag}: ${answer.status}`);
}

export async function childrenOf(at: Place, digest: string): Promise<string[]> {
  const url = `http://${at.host}/v2/${at.path}/manifests/${digest}`;
  const answer = await fetch(url, { headers: { accept: 'application/vnd.oci.image.index.v1+json' } });
  const { manifests }: { manifests: { digest: string }[] } = JSON.parse(await answer.text());
  return manifests.map((entry) => entry.digest);
}
