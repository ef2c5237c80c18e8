/** What `init` asks a person at the terminal: what no file says, with its guess as the default. */
import type { Problem } from '../../domain/errors.ts';
import { formatPlatform, parsePlatform } from '../../domain/platform.ts';
import { formatRepository, parseRepository } from '../../domain/reference.ts';
import { failed, ok, type Result } from '../../domain/result.ts';
import { quote } from '../../domain/tag.ts';
import type { Ask } from '../world.ts';
import { nowhere, type ProjectFacts } from './project-facts.ts';
import { usualPlatforms } from './starting-files.ts';

/** The answer was Ctrl-C, or the end of the input. */
export const stopped = Symbol('stopped');
type Answer<T> = T | typeof stopped;

/** Of a first config: where the image goes, and its platforms. */
export async function askFacts(facts: ProjectFacts, ask: Ask): Promise<Answer<ProjectFacts>> {
  const repository = facts.isRepositorySaid
    ? facts.repository
    : await askRepository(facts.repository, facts.layout.images.length, ask);
  if (repository === stopped) return stopped;
  const isRepositorySaid = !repository.startsWith(`${nowhere}/`);
  if (facts.layout.images.some(({ platforms }) => platforms.length > 0))
    return { ...facts, repository, isRepositorySaid };
  const platforms = await askPlatforms(ask);
  return platforms === stopped ? stopped : { ...facts, repository, isRepositorySaid, platforms };
}

/** @param images how many there are: of several, each puts its name behind the answer */
export async function askRepository(guess: string, images: number, ask: Ask): Promise<Answer<string>> {
  const isNowhere = guess.startsWith(`${nowhere}/`);
  const many = images > 1 ? ` (${images} images: each adds its name)` : '';
  const question = `Where is the image published, as REGISTRY/IMAGE?${many}`;
  return askFor({ question, guess, shown: isNowhere ? 'decide later' : guess }, readRepository, ask);
}

export async function askPlatforms(ask: Ask): Promise<Answer<readonly string[]>> {
  const shown = usualPlatforms.join(', ');
  return askFor({ question: 'Which platforms is it built for?', guess: usualPlatforms, shown }, readPlatforms, ask);
}

export async function askDockerfile(guess: string, ask: Ask): Promise<Answer<string>> {
  return askFor({ question: 'Which Dockerfile builds it?', guess, shown: guess }, readPath, ask);
}

interface Question<T> {
  readonly question: string;
  readonly guess: T;
  /** The guess, as it is shown. */
  readonly shown: string;
}

/** Asks until the answer can be read; an empty one is the guess. */
async function askFor<T>(
  { question, guess, shown }: Question<T>,
  read: (text: string) => Result<T>,
  ask: Ask,
): Promise<Answer<T>> {
  let before = '';
  for (;;) {
    const answer = await ask(`${before}${question} [${shown}] `);
    if (answer === null) return stopped;
    const text = answer.trim();
    if (text === '') return guess;
    const found = read(text);
    if (found.ok) return found.value;
    before = found.problems.map(({ message }) => `${message}\n`).join('');
  }
}

function readRepository(text: string): Result<string> {
  const parsed = parseRepository(text, 'REGISTRY/IMAGE');
  return parsed.ok ? ok(formatRepository(parsed.value)) : parsed;
}

function readPlatforms(text: string): Result<readonly string[]> {
  const platforms: string[] = [];
  for (const one of text.split(/[\s,]+/).filter((part) => part !== '')) {
    const platform = parsePlatform(one);
    if (platform === null) return failed(problem(`${quote(one)} is not a platform, such as linux/amd64`));
    platforms.push(formatPlatform(platform));
  }
  return ok([...new Set(platforms)]);
}

function readPath(text: string): Result<string> {
  const isInside = !text.startsWith('/') && !text.split(/[/\\]/).includes('..') && !text.includes('\\');
  return isInside
    ? ok(text.replace(/^\.\/(?=.)/, ''))
    : failed(problem(`${quote(text)} is not a path inside this folder`));
}

function problem(message: string): Problem {
  return { code: 'USAGE', where: 'the answer', message };
}
