/**
 * A signature in a transparency log, which says when it was made: nothing else shows that the certificate was valid then.
 * The log keeps digests, the signature and the certificate, not the statement.
 *
 * @see https://github.com/sigstore/rekor/blob/main/openapi.yaml
 * @see https://github.com/sigstore/rekor/blob/main/pkg/types/dsse/v0.0.1/dsse_v0_0_1_schema.json
 */
import { createHash, createPublicKey } from 'node:crypto';
import { z } from 'zod';
import { OutsideError } from '../../domain/errors.ts';
import { parseJsonObject, textAt } from '../../domain/json.ts';
import { askJson, unwantedAnswer, type JsonAnswer } from '../http/ask-json.ts';
import { WireFault } from '../http/wire.ts';
import { held, sigstoreRequest, type SigstoreLine } from './sigstore-request.ts';
import type { Envelope } from './statement-bundle.ts';

const base64 = z.string().regex(/^[A-Za-z0-9+/]+={0,2}$/);
const hex = z.string().regex(/^(?:[0-9a-f]{2})+$/i);
const number = z.number().int().nonnegative();

const entryShape = z.object({
  body: base64,
  integratedTime: number,
  logID: hex,
  logIndex: number,
  verification: z.object({
    signedEntryTimestamp: base64,
    inclusionProof: z.object({
      checkpoint: z.string().min(1),
      hashes: z.array(hex),
      logIndex: number,
      rootHash: hex,
      treeSize: number,
    }),
  }),
});
/** By its name in the log. */
const entriesShape = z.record(z.string(), entryShape).refine((entries) => Object.keys(entries).length === 1);

/** As a bundle of sigstore's has it. */
export type LogEntry = Readonly<Record<string, unknown>>;

function named(url: string): string {
  return `the transparency log ${url}`;
}

/**
 * The number of a log: the SHA-256 of its public key, in base64.
 *
 * @throws {OutsideError} SIGNING_FAILED, ABORTED
 */
export function logId(url: string, line: SigstoreLine): Promise<string> {
  return askJson(line.http, {
    ...sigstoreRequest({ name: named(url), url: `${url}/api/v1/log/publicKey` }, line),
    headers: { accept: 'application/x-pem-file' },
    read: (answer) => {
      if (answer.status !== 200) throw unwantedAnswer(answer);
      return idOf(answer.text);
    },
  });
}

function idOf(pem: string): string {
  try {
    const der = createPublicKey(pem).export({ type: 'spki', format: 'der' });
    return createHash('sha256').update(der).digest('base64');
  } catch (error) {
    throw new WireFault('REGISTRY_ANSWER', 'what it gave as its key is not one', { tries: 1, cause: error });
  }
}

/**
 * A try whose answer was lost may have been carried out: the entry that is there then is asked for.
 *
 * @param certificate PEM
 * @throws {OutsideError} SIGNING_FAILED, ABORTED
 */
export async function logEnvelope(
  url: string,
  envelope: Envelope,
  certificate: string,
  line: SigstoreLine,
): Promise<LogEntry> {
  const at = `${url}/api/v1/log/entries`;
  const proposedContent = {
    envelope: JSON.stringify(envelope),
    verifiers: [Buffer.from(certificate).toString('base64')],
  };
  const found = await askJson(line.http, {
    ...sigstoreRequest({ name: named(url), url: at }, line),
    method: 'POST',
    body: { apiVersion: '0.0.1', kind: 'dsse', spec: { proposedContent } },
    read: (answer) => (answer.status === 409 ? existing(answer) : held(answer, entriesShape)),
  });
  const entries =
    typeof found === 'string'
      ? await askJson(line.http, {
          ...sigstoreRequest({ name: named(url), url: `${at}/${found}` }, line),
          read: (answer) => held(answer, entriesShape),
        })
      : found;
  const [entry] = Object.values(entries);
  if (entry === undefined) throw new OutsideError('SIGNING_FAILED', `${named(url)}: it gave no entry`, {});
  return bundled(entry);
}

/** The name of an entry that was there before. */
function existing(answer: JsonAnswer): string {
  const name = /\/(?<name>[0-9a-f]{64,80})$/.exec(answer.headers['location'] ?? '')?.groups?.['name'];
  if (name === undefined) throw unwantedAnswer(answer);
  return name;
}

function bundled({ body, integratedTime, logID, logIndex, verification }: z.output<typeof entryShape>): LogEntry {
  const { signedEntryTimestamp, inclusionProof: proof } = verification;
  const entry = parseJsonObject(Buffer.from(body, 'base64').toString('utf8'));
  return {
    logIndex: String(logIndex),
    logId: { keyId: toBase64(logID) },
    kindVersion: { kind: textAt(entry, 'kind') ?? '', version: textAt(entry, 'apiVersion') ?? '' },
    integratedTime: String(integratedTime),
    inclusionPromise: { signedEntryTimestamp },
    inclusionProof: {
      logIndex: String(proof.logIndex),
      rootHash: toBase64(proof.rootHash),
      treeSize: String(proof.treeSize),
      hashes: proof.hashes.map(toBase64),
      checkpoint: { envelope: proof.checkpoint },
    },
    canonicalizedBody: body,
  };
}

function toBase64(text: string): string {
  return Buffer.from(text, 'hex').toString('base64');
}
