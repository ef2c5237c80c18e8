/** Permissions, branches, files and pull requests as GitHub's API keeps them: answers for github-server.ts. */
import { z } from 'zod';
import type { GithubAnswer, GithubRequest } from './github-server.ts';

export interface Changes {
  /** For `answer` of a GitHub server; `null` for what is no part of this. */
  readonly answer: (request: GithubRequest) => GithubAnswer | null;
  /** Text of a file on a branch. */
  readonly text: (branch: string, path: string) => string | null;
  readonly branches: () => readonly string[];
  readonly pulls: readonly {
    readonly head: string;
    readonly base: string;
    readonly title: string;
    readonly body: string;
  }[];
}

const pullBody = z.strictObject({ title: z.string(), head: z.string(), base: z.string(), body: z.string() });
const refBody = z.strictObject({ ref: z.string(), sha: z.string() });
const fileBody = z.strictObject({ message: z.string(), content: z.string(), sha: z.string(), branch: z.string() });

/** @param permissions of people by login, as `permission` says them; nobody else is a collaborator */
export function githubChanges(
  permissions: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>>,
): Changes {
  const branches = new Map([['main', new Map(Object.entries(files))]]);
  const pulls: z.output<typeof pullBody>[] = [];
  const shaOf = (text: string): string => Buffer.from(`${text.length}`).toString('hex').padEnd(40, '0');
  const pullItem = (index: number): object => ({
    number: 40 + index,
    html_url: `https://github.com/acme/app/pull/${40 + index}`,
  });
  const missing: GithubAnswer = { status: 404, body: { message: 'Not Found' } };
  const at = (text: string, pattern: RegExp): string | null => pattern.exec(text)?.groups?.['at'] ?? null;
  const answer = ({ method, path, query, body }: GithubRequest): GithubAnswer | null => {
    const login = at(path, /\/collaborators\/(?<at>[^/]+)\/permission$/);
    if (login !== null) {
      const permission = permissions[login];
      return permission === undefined ? missing : { status: 200, body: { permission, user: { login } } };
    }
    const ref = at(path, /\/git\/ref\/heads\/(?<at>.+)$/);
    if (ref !== null) {
      return branches.has(decodeURIComponent(ref))
        ? { status: 200, body: { ref: `refs/heads/${ref}`, object: { sha: shaOf(ref) } } }
        : missing;
    }
    if (method === 'POST' && path.endsWith('/git/refs')) {
      const name = refBody.parse(body).ref.replace('refs/heads/', '');
      branches.set(name, new Map(branches.get('main')));
      return { status: 201, body: { ref: name } };
    }
    const file = at(path, /\/contents\/(?<at>.+)$/);
    if (file !== null && method === 'GET') {
      const text = branches.get(query.get('ref') ?? 'main')?.get(decodeURIComponent(file));
      if (text === undefined) return missing;
      const content = Buffer.from(text).toString('base64').replaceAll(/.{60}/g, '$&\n');
      return { status: 200, body: { content, encoding: 'base64', sha: shaOf(text) } };
    }
    if (file !== null && method === 'PUT') {
      const { branch, content, sha } = fileBody.parse(body);
      const on = branches.get(branch);
      const before = on?.get(decodeURIComponent(file));
      if (on === undefined || before === undefined) return missing;
      if (sha !== shaOf(before)) return { status: 409, body: { message: `${file} does not match ${sha}` } };
      on.set(decodeURIComponent(file), Buffer.from(content, 'base64').toString());
      return { status: 200, body: { commit: {} } };
    }
    if (!path.endsWith('/pulls')) return null;
    if (method === 'POST') return { status: 201, body: pullItem(pulls.push(pullBody.parse(body))) };
    const head = query.get('head')?.replace('acme:', '');
    const found = pulls.flatMap((pull, index) => (pull.head === head ? [pullItem(index + 1)] : []));
    return { status: 200, body: found };
  };
  return {
    answer,
    text: (branch, path) => branches.get(branch)?.get(path) ?? null,
    branches: () => [...branches.keys()],
    pulls,
  };
}
