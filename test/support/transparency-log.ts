/**
 * A log as Rekor keeps one: a Merkle tree, a promise and a proof for each entry, and a signed head.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6962#section-2.1
 * @see https://github.com/transparency-dev/formats/blob/main/log/README.md
 */
import { createHash, createPublicKey, randomBytes, sign } from 'node:crypto';
import { keyPair, type KeyPair } from './sigstore.ts';

export interface LoggedEntry {
  /** Base64. */
  readonly body: string;
  readonly integratedTime: number;
  readonly logID: string;
  readonly logIndex: number;
  readonly verification: {
    readonly signedEntryTimestamp: string;
    readonly inclusionProof: {
      readonly checkpoint: string;
      readonly hashes: readonly string[];
      readonly logIndex: number;
      readonly rootHash: string;
      readonly treeSize: number;
    };
  };
}

export interface TransparencyLog {
  readonly key: KeyPair;
  add(body: Buffer, atSeconds: number): LoggedEntry;
}

/** Entries of earlier trees: the index in the log is not the one in its tree. */
const before = 1_000;

export function transparencyLog(): TransparencyLog {
  const key = keyPair();
  const id = createHash('sha256')
    .update(createPublicKey(key.pem).export({ type: 'spki', format: 'der' }))
    .digest();
  // Somebody else's.
  const leaves = Array.from({ length: 5 }, () => leafHash(randomBytes(32)));
  return {
    key,
    add: (bytes, atSeconds) => {
      const index = leaves.push(leafHash(bytes)) - 1;
      const [body, logID, logIndex] = [bytes.toString('base64'), id.toString('hex'), before + index];
      const promised = JSON.stringify({ body, integratedTime: atSeconds, logID, logIndex });
      const root = treeHash(leaves);
      return {
        body,
        integratedTime: atSeconds,
        logID,
        logIndex,
        verification: {
          signedEntryTimestamp: sign('sha256', Buffer.from(promised), key.key).toString('base64'),
          inclusionProof: {
            checkpoint: checkpointOf(leaves.length, root, key, id),
            hashes: pathTo(index, leaves).map((hash) => hash.toString('hex')),
            logIndex: index,
            rootHash: root.toString('hex'),
            treeSize: leaves.length,
          },
        },
      };
    },
  };
}

function checkpointOf(size: number, root: Buffer, { key }: KeyPair, id: Buffer): string {
  const note = `rekor.test - 42\n${size}\n${root.toString('base64')}\n`;
  const signature = Buffer.concat([id.subarray(0, 4), sign('sha256', Buffer.from(note), key)]);
  return `${note}\n— rekor.test ${signature.toString('base64')}\n`;
}

function hash(...parts: readonly Buffer[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest();
}

function leafHash(bytes: Buffer): Buffer {
  return hash(Buffer.from([0]), bytes);
}

function treeHash(leaves: readonly Buffer[]): Buffer {
  const [first = hash()] = leaves;
  if (leaves.length < 2) return first;
  const split = splitOf(leaves.length);
  return hash(Buffer.from([1]), treeHash(leaves.slice(0, split)), treeHash(leaves.slice(split)));
}

function pathTo(index: number, leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length < 2) return [];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split ? [...pathTo(index, left), treeHash(right)] : [...pathTo(index - split, right), treeHash(left)];
}

/** The largest power of two below the size. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}
