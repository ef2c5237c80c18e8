import { execFileSync } from 'node:child_process';
import { tempFolder } from './temp-folder.ts';

export interface CommitSpec {
  /** Seconds since the epoch, and the offset git writes: `1692904466 -0500`. */
  readonly date: string;
  /** Lightweight tags on this commit. */
  readonly tags?: readonly string[];
  readonly annotated?: readonly { readonly name: string; readonly date: string }[];
}

/** Runs git with nobody's settings; returns what it printed, trimmed. */
export function git(folder: string, ...args: readonly string[]): string {
  return runGit(folder, args, '');
}

/** A new git repository with one commit after the other, removed when the test is over. */
export async function gitRepository(commits: readonly CommitSpec[]): Promise<string> {
  const folder = await tempFolder();
  git(folder, 'init', '--quiet', '--initial-branch=main');
  runGit(folder, ['fast-import', '--quiet'], commits.map(toStream).join(''));
  return folder;
}

function toStream({ date, tags = [], annotated = [] }: CommitSpec, index: number): string {
  const person = 'A Person <person@example.com>';
  return [
    `commit refs/heads/main\nmark :${index + 1}\n`,
    `author ${person} 1000000000 +0000\ncommitter ${person} ${date}\ndata 1\nx\n`,
    ...tags.map((tag) => `reset refs/tags/${tag}\nfrom :${index + 1}\n\n`),
    ...annotated.map((tag) => `tag ${tag.name}\nfrom :${index + 1}\ntagger ${person} ${tag.date}\ndata 1\nx\n`),
  ].join('');
}

function runGit(folder: string, args: readonly string[], input: string): string {
  return execFileSync('git', ['-c', 'user.name=p', '-c', 'user.email=p@example.com', '-C', folder, ...args], {
    input,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
    stdio: ['pipe', 'pipe', 'pipe'],
  }).trim();
}
