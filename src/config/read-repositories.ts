import type { Problem } from '../domain/errors.ts';
import { parseRepository, type Repository } from '../domain/reference.ts';
import type { At } from './place.ts';

/** What a key `repository` names, one or several; what is none of them is told in `problems`, and left out. */
export function readRepositories(written: string | readonly string[], at: At, problems: Problem[]): Repository[] {
  const texts = typeof written === 'string' ? [written] : written;
  return texts.flatMap((text, index) => {
    const where = typeof written === 'string' ? at('repository') : at('repository', index);
    const parsed = parseRepository(text, where);
    if (parsed.ok) return [parsed.value];
    problems.push(...parsed.problems);
    return [];
  });
}
