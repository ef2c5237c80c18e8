/** Which run of a CI this is, who started it and who let it go on, as far as its variables say. */
import { ciRun, ciSystems, isSet } from './ci.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface RunFacts {
  /** Who started the run; `null` where the CI does not say. */
  readonly actor: string | null;
  /** Who let it move tags; `null` where the CI does not say. */
  readonly approver: string | null;
  /** `null` outside of a CI. */
  readonly run: RunIdentity | null;
}

export interface RunIdentity {
  /** As people call it: `GitLab CI`. */
  readonly ci: string;
  readonly id: string | null;
  /** `1` for the first. */
  readonly attempt: string | null;
  readonly url: string | null;
}

/** A run that is in a CI, and nobody knows in which: what a variable says of it may be another CI's word. */
const unknownCi: RunFacts = {
  actor: null,
  approver: null,
  run: { ci: 'a CI that tagwright does not know', id: null, attempt: null, url: null },
};

/** What a CI's variables say; of one that is not known, and of two at once, that they are there. */
export function runFacts(env: Env): RunFacts {
  const run = ciRun(env);
  const system = run.ok && run.value !== null ? ciSystems.find(({ name }) => name === run.value?.name) : undefined;
  if (system !== undefined) {
    const { actor, approver = null, id, attempt = null, url } = system.identity(env);
    return { actor, approver, run: { ci: system.name, id, attempt, url: webUrl(url) } };
  }
  return run.ok ? likeGithub(env) : unknownCi;
}

/**
 * Forgejo's and Gitea's runners set GitHub's variables too.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/variables
 */
function likeGithub(env: Env): RunFacts {
  const ci = ciOf(env);
  // Nearly every CI sets it, those that are not known here too.
  if (ci === null) return isSet(env['CI']) ? unknownCi : { actor: null, approver: null, run: null };
  const said = (name: string): string | null => env[name] || null;
  const [server, repository, id] = [said('GITHUB_SERVER_URL'), said('GITHUB_REPOSITORY'), said('GITHUB_RUN_ID')];
  const attempt = said('GITHUB_RUN_ATTEMPT');
  const page =
    server === null || repository === null || id === null ? null : `${server}/${repository}/actions/runs/${id}`;
  const url = page === null || attempt === null ? page : `${page}/attempts/${attempt}`;
  // Who ran it again is who moved the tags.
  const actor = said('GITHUB_TRIGGERING_ACTOR') ?? said('GITHUB_ACTOR');
  return { actor, approver: null, run: { ci, id, attempt, url: webUrl(url) } };
}

function ciOf(env: Env): string | null {
  const isTrue = (name: string): boolean => env[name] === 'true';
  if (isTrue('FORGEJO_ACTIONS')) return 'Forgejo Actions';
  if (isTrue('GITEA_ACTIONS')) return 'Gitea Actions';
  return isTrue('GITHUB_ACTIONS') ? 'GitHub Actions' : null;
}

/** A link that a page may show; a variable may hold anything. */
function webUrl(text: string | null): string | null {
  if (text === null || !URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  url.username = '';
  url.password = '';
  return url.href;
}
