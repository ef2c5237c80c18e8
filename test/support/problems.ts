import { InputError, type Problem } from '../../src/domain/errors.ts';

/** The problems that the work must throw; anything else it throws or returns fails the test. */
export async function problemsOf(work: () => unknown): Promise<readonly Problem[]> {
  try {
    const value = await work();
    throw new Error(`expected an InputError, got the value ${JSON.stringify(value)}`);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
}
