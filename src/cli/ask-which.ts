/** Asks which release is meant, if the one that was named may be several. */
import type { Ask } from '../commands/world.ts';
import { InputError } from '../domain/errors.ts';

const most = 9;

/** @returns `null` if nothing else is wrong than that, or nobody chose */
export async function askWhich(fault: unknown, ask: Ask): Promise<string | null> {
  if (!(fault instanceof InputError)) return null;
  const [problem, ...others] = fault.problems;
  const candidates = problem?.candidates ?? [];
  if (problem === undefined || others.length > 0 || candidates.length === 0) return null;
  const offered = candidates.slice(0, most);
  const lines = offered.map((candidate, index) => `  ${index + 1}  ${candidate}`);
  const more = candidates.length > most ? [`     … and ${candidates.length - most} older`] : [];
  const answer = await ask(`${[`${problem.message}:`, ...lines, ...more].join('\n')}\nWhich one? [1] `);
  if (answer === null) return null;
  const text = answer.trim();
  if (text === '') return offered[0] ?? null;
  return offered[Number(text) - 1] ?? candidates.find((candidate) => candidate === text) ?? null;
}
