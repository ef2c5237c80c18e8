import { createHash } from 'node:crypto';

/** From 0 up to, and without, `below`: the same for the same text in every run. */
export function seeded(text: string, below: number): number {
  return createHash('sha256').update(text).digest().readUInt32BE() % below;
}
