/**
 * Reading many tags in few requests, where a registry's own service lists them with their digests: Docker Hub, Quay and
 * GitHub. Anywhere else, and for everything a list does not tell, the registry is asked tag by tag.
 */
import { githubApi, githubCredential } from '../../domain/github-credential.ts';
import { OutsideError } from '../../domain/errors.ts';
import type { Repository } from '../../domain/reference.ts';
import { unsendable } from '../../domain/secrets.ts';
import type { SnapshotSource } from '../../ports.ts';
import type { Http } from '../http/http.ts';
import { dockerHubTagList } from './docker-hub.ts';
import { githubPackageList } from './github-packages.ts';
import { listedSnapshotSource } from './listed-snapshot.ts';
import { quayTagList } from './quay.ts';
import type { TagList } from './tag-list.ts';

export interface ChooseOptions {
  /** `QUAY_TOKEN` and `GITHUB_TOKEN` come from here; the caller passes `process.env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly http: Http;
  readonly say?: (line: string) => void;
}

/** @param registry asks the registry itself */
export function chooseSnapshotSource(
  repository: Repository,
  registry: SnapshotSource,
  options: ChooseOptions,
): SnapshotSource {
  const list = tagListOf(repository, options);
  return list === null ? registry : listedSnapshotSource(list, registry, options);
}

/** A workflow passes on a secret that is not set as an empty text. */
function quayToken(value: string | undefined): string | undefined {
  if (value === undefined || value === '') return undefined;
  const fault = unsendable(value);
  if (fault === null) return value;
  const variable = 'QUAY_TOKEN';
  throw new OutsideError('CREDENTIALS_FAILED', `${variable} ${fault}; set it to the token alone`, { variable });
}

function tagListOf(repository: Repository, { env, http }: ChooseOptions): TagList | null {
  switch (repository.registry) {
    case 'docker.io':
      return dockerHubTagList({ repository, http });
    case 'quay.io':
      return quayTagList({ repository, http, token: quayToken(env['QUAY_TOKEN']) });
    case 'ghcr.io': {
      const credential = githubCredential(env, githubApi);
      return credential.kind === 'none' ? null : githubPackageList({ repository, token: credential.token, http });
    }
    default:
      return null;
  }
}
