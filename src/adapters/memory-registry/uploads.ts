import { randomUUID } from 'node:crypto';
import { isDigest } from '../../domain/digest.ts';
import { errorAnswer, type Answer, type Call } from './answer.ts';
import { digestOf, openStored, type Store, type Upload } from './store.ts';

/**
 * POST: begins an upload, takes a whole blob at once (`digest`), or mounts one from another repository (`mount`, `from`).
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-blobs
 */
export function answerUploadStart(store: Store, name: string, call: Call): Answer {
  if (call.method !== 'POST') return errorAnswer('UNSUPPORTED', 'an upload begins with POST');
  const mount = call.query.get('mount');
  const digest = call.query.get('digest');
  if (digest !== null) return storeBlob(store, name, digest, call.body);
  if (mount !== null && isDigest(mount)) {
    const source = store.repositories.get(call.query.get('from') ?? '')?.blobs.get(mount);
    if (source !== undefined) return storeBlob(store, name, mount, source);
  }
  const id = randomUUID();
  const upload: Upload = { repository: name, chunks: [], sizeBytes: 0 };
  store.uploads.set(id, upload);
  return { status: 202, headers: uploadHeaders(name, id, upload) };
}

/** PATCH adds a chunk, PUT the last one and closes, GET says how far it is, DELETE gives it up. */
export function answerUpload(store: Store, name: string, id: string, call: Call): Answer {
  const upload = store.uploads.get(id);
  if (upload === undefined || upload.repository !== name) return errorAnswer('BLOB_UPLOAD_UNKNOWN', 'no such upload');
  switch (call.method) {
    case 'GET':
      return { status: 204, headers: uploadHeaders(name, id, upload) };
    case 'PATCH':
      if (!followsOn(upload, call)) return errorAnswer('BLOB_UPLOAD_INVALID', 'the chunk does not follow the last one');
      append(upload, call.body);
      return { status: 202, headers: uploadHeaders(name, id, upload) };
    case 'PUT': {
      if (!followsOn(upload, call)) return errorAnswer('BLOB_UPLOAD_INVALID', 'the chunk does not follow the last one');
      append(upload, call.body);
      store.uploads.delete(id);
      return storeBlob(store, name, call.query.get('digest') ?? '', Buffer.concat(upload.chunks));
    }
    case 'DELETE':
      store.uploads.delete(id);
      return { status: 204 };
    default:
      return errorAnswer('UNSUPPORTED', 'an upload is read, continued, closed or given up');
  }
}

function append(upload: Upload, chunk: Uint8Array): void {
  upload.chunks.push(chunk);
  upload.sizeBytes += chunk.byteLength;
}

/** A Content-Range, where there is one, begins where the last chunk ended. */
function followsOn(upload: Upload, call: Call): boolean {
  const range = call.headers['content-range'];
  if (range === undefined) return true;
  const groups = /^(?:bytes )?(?<start>\d+)-(?<end>\d+)/.exec(range)?.groups;
  if (groups === undefined) return false;
  const start = Number(groups['start']);
  return start === upload.sizeBytes && Number(groups['end']) - start + 1 === call.body.byteLength;
}

function storeBlob(store: Store, name: string, digest: string, bytes: Uint8Array): Answer {
  if (!isDigest(digest) || digestOf(bytes) !== digest) {
    return errorAnswer('DIGEST_INVALID', 'the bytes have another digest than the one they were sent with');
  }
  openStored(store, name).blobs.set(digest, bytes);
  return { status: 201, headers: { location: `/v2/${name}/blobs/${digest}`, 'docker-content-digest': digest } };
}

function uploadHeaders(name: string, id: string, upload: Upload): Record<string, string> {
  return {
    location: `/v2/${name}/blobs/uploads/${id}`,
    range: `0-${Math.max(0, upload.sizeBytes - 1)}`,
    'docker-upload-uuid': id,
  };
}
