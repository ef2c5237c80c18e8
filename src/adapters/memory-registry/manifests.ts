import type { Digest } from '../../domain/digest.ts';
import { errorAnswer, type Answer, type Call } from './answer.ts';
import { refuseManifest } from './manifest-rules.ts';
import { digestOf, openStored, type Store, type StoredRepository } from './store.ts';

/** GET, HEAD, PUT and DELETE of a manifest by tag. */
export function answerManifestTag(store: Store, name: string, tag: string, call: Call): Answer {
  const repository = store.repositories.get(name);
  switch (call.method) {
    case 'GET':
    case 'HEAD':
      return readManifest(repository, repository?.tags.get(tag));
    case 'PUT': {
      const { answer, digest } = putManifest(store, name, call);
      if (digest !== null) openStored(store, name).tags.set(tag, digest);
      return answer;
    }
    case 'DELETE':
      return repository?.tags.delete(tag) === true ? { status: 202 } : manifestUnknown(repository);
    default:
      return unsupported;
  }
}

/** GET, HEAD, PUT and DELETE of a manifest by digest; deleting takes the tags that point to it along. */
export function answerManifestDigest(store: Store, name: string, digest: Digest, call: Call): Answer {
  const repository = store.repositories.get(name);
  switch (call.method) {
    case 'GET':
    case 'HEAD':
      return readManifest(repository, digest);
    case 'PUT':
      if (digestOf(call.body) !== digest) return errorAnswer('DIGEST_INVALID', 'the body has another digest');
      return putManifest(store, name, call).answer;
    case 'DELETE':
      if (repository?.manifests.delete(digest) !== true) return manifestUnknown(repository);
      for (const [tag, target] of repository.tags) if (target === digest) repository.tags.delete(tag);
      return { status: 202 };
    default:
      return unsupported;
  }
}

const unsupported: Answer = errorAnswer('UNSUPPORTED', 'a manifest is read, put or deleted');

function readManifest(repository: StoredRepository | undefined, digest: Digest | undefined): Answer {
  const manifest = digest === undefined ? undefined : repository?.manifests.get(digest);
  if (manifest === undefined || digest === undefined) return manifestUnknown(repository);
  return {
    status: 200,
    headers: { 'content-type': manifest.mediaType, 'docker-content-digest': digest, etag: `"${digest}"` },
    body: manifest.bytes,
  };
}

function putManifest(
  store: Store,
  name: string,
  call: Call,
): { readonly answer: Answer; readonly digest: Digest | null } {
  const mediaType = call.headers['content-type'] ?? '';
  const refusal = refuseManifest(call.body, mediaType, store.repositories.get(name));
  if (refusal !== null) return { answer: refusal, digest: null };
  const digest = digestOf(call.body);
  openStored(store, name).manifests.set(digest, { mediaType, bytes: call.body });
  const headers = { location: `/v2/${name}/manifests/${digest}`, 'docker-content-digest': digest };
  return { answer: { status: 201, headers }, digest };
}

function manifestUnknown(repository: StoredRepository | undefined): Answer {
  return repository === undefined
    ? errorAnswer('NAME_UNKNOWN', 'no such repository')
    : errorAnswer('MANIFEST_UNKNOWN', 'no such manifest');
}
