import { describe, expect, test } from 'vitest';
import { releasePage, tagPage } from '../../src/report/links.ts';

const tag = '1.0-alpine';

interface TagRow {
  readonly name: string;
  /** Where the shape was read. */
  readonly source: string;
  readonly repository: string;
  readonly sourceUrl?: string;
  readonly page: string | null;
}

const tags: readonly TagRow[] = [
  {
    name: 'Docker Hub',
    source: 'https://hub.docker.com/r/prefecthq/prefect/tags, whose search field writes `name` into the address',
    repository: 'docker.io/prefecthq/prefect',
    page: 'https://hub.docker.com/r/prefecthq/prefect/tags?name=1.0-alpine',
  },
  {
    name: "one of Docker Hub's official images",
    source: 'https://hub.docker.com/_/postgres/tags',
    repository: 'docker.io/library/postgres',
    page: 'https://hub.docker.com/_/postgres/tags?name=1.0-alpine',
  },
  {
    name: 'GHCR, which sends a browser on to the page of the package',
    source:
      'https://docs.github.com/packages/working-with-a-github-packages-registry/working-with-the-container-registry',
    repository: 'ghcr.io/acme/app',
    page: 'https://ghcr.io/acme/app:1.0-alpine',
  },
  {
    name: 'Quay',
    source: 'https://quay.io/repository/keycloak/keycloak?tab=tags&tag=latest',
    repository: 'quay.io/keycloak/keycloak',
    page: 'https://quay.io/repository/keycloak/keycloak?tab=tags&tag=1.0-alpine',
  },
  {
    name: 'ECR Public, whose gallery has no page of one tag',
    source: 'https://docs.aws.amazon.com/AmazonECR/latest/public/public-gallery.html',
    repository: 'public.ecr.aws/docker/library/redis',
    page: 'https://gallery.ecr.aws/docker/library/redis',
  },
  {
    name: 'a private ECR',
    source: 'https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-info.html',
    repository: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app',
    page: 'https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/123456789012/team/app',
  },
  {
    name: 'GitLab, a project of two parts',
    source: 'https://docs.gitlab.com/user/packages/container_registry/',
    repository: 'registry.gitlab.com/acme/app',
    page: 'https://gitlab.com/acme/app/container_registry',
  },
  {
    name: 'GitLab, an image below the project that the source names',
    source: 'https://docs.gitlab.com/user/packages/container_registry/#naming-convention-for-your-container-images',
    repository: 'registry.gitlab.com/acme/group/app/web',
    sourceUrl: 'https://gitlab.com/Acme/group/app',
    page: 'https://gitlab.com/Acme/group/app/container_registry',
  },
  {
    name: 'GitLab, where nobody says which part is the project',
    source: 'https://docs.gitlab.com/user/packages/container_registry/#naming-convention-for-your-container-images',
    repository: 'registry.gitlab.com/acme/group/app/web',
    sourceUrl: 'https://github.com/acme/app',
    page: null,
  },
  {
    name: "Harbor, whose pages have the project's number: its list of projects",
    source: 'https://github.com/goharbor/harbor/issues/6275',
    repository: 'harbor.acme.example/library/app',
    page: 'https://harbor.acme.example/harbor/projects',
  },
  {
    name: 'a host that nobody knows',
    source: 'none',
    repository: 'registry.internal:5000/team/app',
    page: null,
  },
];

describe('the web page of a tag', () => {
  test.each(tags)('$name', ({ repository, sourceUrl = null, page }) => {
    const form = tagPage(repository, sourceUrl);
    const made = form === null ? null : form.after === null ? form.before : `${form.before}${tag}${form.after}`;
    expect(made).toBe(page);
  });
});

const releases = [
  {
    name: 'GitHub',
    source: 'https://docs.github.com/repositories/releasing-projects-on-github/linking-to-releases',
    sourceUrl: 'https://github.com/PrefectHQ/prefect',
    release: '2.20.25',
    page: 'https://github.com/PrefectHQ/prefect/releases/tag/2.20.25',
  },
  {
    name: 'a GitHub server',
    source: 'https://docs.github.com/enterprise-server/repositories/releasing-projects-on-github/linking-to-releases',
    sourceUrl: 'https://github.acme.example/team/app',
    release: 'app@1.0/2',
    page: 'https://github.acme.example/team/app/releases/tag/app%401.0%2F2',
  },
  {
    name: 'GitLab',
    source: 'https://docs.gitlab.com/user/project/releases/',
    sourceUrl: 'https://gitlab.com/acme/app',
    release: 'v1.0',
    page: 'https://gitlab.com/acme/app/-/releases/v1.0',
  },
  {
    name: 'Forgejo',
    source: 'https://codeberg.org/forgejo/forgejo/releases/tag/v9.0.0',
    sourceUrl: 'https://codeberg.org/forgejo/forgejo',
    release: 'v9.0.0',
    page: 'https://codeberg.org/forgejo/forgejo/releases/tag/v9.0.0',
  },
  { name: 'no page of a git repository', source: 'none', sourceUrl: null, release: '1.0', page: null },
  {
    name: 'an address that is not of the web',
    source: 'none',
    sourceUrl: 'javascript:alert(1)//',
    release: '1',
    page: null,
  },
];

test.each(releases)('the page of a release on $name', ({ sourceUrl, release, page }) => {
  expect(releasePage(sourceUrl, release)).toBe(page);
});
