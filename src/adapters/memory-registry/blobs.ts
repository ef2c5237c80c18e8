import type { Digest } from '../../domain/digest.ts';
import { errorAnswer, type Answer, type Call } from './answer.ts';
import type { Store } from './store.ts';

/** GET, HEAD and DELETE of a blob. */
export function answerBlob(store: Store, name: string, digest: Digest, call: Call): Answer {
  const repository = store.repositories.get(name);
  if (repository === undefined) return errorAnswer('NAME_UNKNOWN', 'no such repository');
  const body = repository.blobs.get(digest);
  if (body === undefined) return errorAnswer('BLOB_UNKNOWN', 'no such blob');
  switch (call.method) {
    case 'GET':
    case 'HEAD':
      return {
        status: 200,
        headers: { 'content-type': 'application/octet-stream', 'docker-content-digest': digest },
        body,
      };
    case 'DELETE':
      repository.blobs.delete(digest);
      return { status: 202 };
    default:
      return errorAnswer('UNSUPPORTED', 'a blob is read or deleted');
  }
}
