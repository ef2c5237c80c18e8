/**
 * Reading many tags in few requests, where a registry's own service lists them with their digests: Docker Hub, Quay and
 * GitHub. Anywhere else, and for everything a list does not tell, the registry is asked tag by tag.
 */
import type { Repository } from '../../domain/reference.ts';
import type { SnapshotSource } from '../../ports.ts';
import { dockerHubTagList } from './docker-hub.ts';
import { githubPackageList } from './github-packages.ts';
import { httpGet } from './http-get.ts';
import { listedSnapshotSource } from './listed-snapshot.ts';
import { quayTagList } from './quay.ts';
import type { TagList } from './tag-list.ts';

export interface ChooseOptions {
  /** `QUAY_TOKEN`, `GITHUB_TOKEN` and proxies come from here; the caller passes `process.env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly say?: (line: string) => void;
}

/** @param registry asks the registry itself */
export function chooseSnapshotSource(
  repository: Repository,
  registry: SnapshotSource,
  options: ChooseOptions,
): SnapshotSource {
  const list = tagListOf(repository, options.env);
  return list === null ? registry : listedSnapshotSource(list, registry, options);
}

function tagListOf(repository: Repository, env: ChooseOptions['env']): TagList | null {
  switch (repository.registry) {
    case 'docker.io':
      return dockerHubTagList({ repository, get: httpGet({ env }) });
    case 'quay.io': {
      const token = env['QUAY_TOKEN'];
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      return quayTagList({ repository, get: httpGet({ env, headers }) });
    }
    case 'ghcr.io': {
      const token = env['GITHUB_TOKEN'] ?? env['GH_TOKEN'];
      return token === undefined ? null : githubPackageList({ repository, token });
    }
    default:
      return null;
  }
}
