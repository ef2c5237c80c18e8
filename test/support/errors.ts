import { OutsideError } from '../../src/domain/errors.ts';

/** The error that the work must fail with; anything else it throws or returns fails the test. */
export async function outsideError(work: Promise<unknown>): Promise<OutsideError> {
  const error: unknown = await work.then(
    (value) => value,
    (reason: unknown) => reason,
  );
  if (error instanceof OutsideError) return error;
  throw error instanceof Error ? error : new Error(`expected an OutsideError, got ${JSON.stringify(error)}`);
}
