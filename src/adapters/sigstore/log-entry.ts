/** The entry of a transparency log that cosign 2 keeps in an annotation. */
import type { TransparencyLogEntry } from '@sigstore/bundle';
import { z } from 'zod';

const shape = z.object({
  SignedEntryTimestamp: z.string(),
  Payload: z.object({
    body: z.string(),
    integratedTime: z.number().int(),
    logIndex: z.number().int(),
    logID: z.string().regex(/^[0-9a-f]+$/i),
  }),
});
const bodyShape = z.object({ kind: z.string(), apiVersion: z.string() });

/**
 * @returns none if there is no such annotation
 * @throws for one that cannot be read
 */
export function logEntry(text: string | undefined): TransparencyLogEntry[] {
  if (text === undefined || text === '') return [];
  const { SignedEntryTimestamp, Payload } = shape.parse(JSON.parse(text));
  const body = Buffer.from(Payload.body, 'base64');
  const { kind, apiVersion } = bodyShape.parse(JSON.parse(body.toString('utf8')));
  return [
    {
      logIndex: String(Payload.logIndex),
      logId: { keyId: Buffer.from(Payload.logID, 'hex') },
      kindVersion: { kind, version: apiVersion },
      integratedTime: String(Payload.integratedTime),
      inclusionPromise: { signedEntryTimestamp: Buffer.from(SignedEntryTimestamp, 'base64') },
      inclusionProof: undefined,
      canonicalizedBody: body,
    },
  ];
}
