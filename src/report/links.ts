/**
 * Web pages of tags and releases, made from names alone: nothing is asked. A host that is not known has no page.
 * test/report/links.test.ts has a row for each, with where its shape was read.
 */
import type { LinkForm, PageData } from '../browser/page-data.ts';

/**
 * @param repository `registry/path`, as a report names it
 * @param sourceUrl the page of the image's git repository, which says what a registry's name alone does not
 */
export function tagPage(repository: string, sourceUrl: string | null): LinkForm | null {
  const slash = repository.indexOf('/');
  const [host, path] = [repository.slice(0, slash), repository.slice(slash + 1)];
  switch (host) {
    case 'docker.io':
      return hubPage(path);
    case 'ghcr.io':
      return { site: 'GitHub', before: `https://ghcr.io/${path}:`, after: '' };
    case 'quay.io':
      return { site: 'Quay', before: `https://quay.io/repository/${path}?tab=tags&tag=`, after: '' };
    case 'public.ecr.aws':
      return { site: 'Amazon ECR', before: `https://gallery.ecr.aws/${path}`, after: null };
    default:
      return ownedPage(host, path, sourceUrl);
  }
}

function hubPage(path: string): LinkForm {
  const page = path.startsWith('library/') ? `_/${path.slice('library/'.length)}` : `r/${path}`;
  return { site: 'Docker Hub', before: `https://hub.docker.com/${page}/tags?name=`, after: '' };
}

const privateEcr = /^(?<account>\d{12})\.dkr\.ecr\.(?<region>[a-z0-9-]+)\.amazonaws\.com$/;

/** Hosts of somebody's own, known by how they are called. */
function ownedPage(host: string, path: string, sourceUrl: string | null): LinkForm | null {
  const ecr = privateEcr.exec(host)?.groups;
  if (ecr !== undefined) {
    const { account = '', region = '' } = ecr;
    const before = `https://${region}.console.aws.amazon.com/ecr/repositories/private/${account}/${path}`;
    return { site: 'Amazon ECR', before, after: null };
  }
  if (host.startsWith('registry.gitlab.')) return gitlabPage(host.slice('registry.'.length), path, sourceUrl);
  // Its pages have the number of the project in them, which a name does not give: its search does.
  if (host.startsWith('harbor.')) return { site: 'Harbor', before: `https://${host}/harbor/projects`, after: null };
  return null;
}

/** What comes behind the project may be the image's own name: only the source, or a path of two parts, tells them apart. */
function gitlabPage(host: string, path: string, sourceUrl: string | null): LinkForm | null {
  const project =
    sourceUrl?.startsWith(`https://${host}/`) === true ? sourceUrl.slice(`https://${host}/`.length) : null;
  const isOfSource = project !== null && `${path}/`.startsWith(`${project.toLowerCase()}/`);
  const found = isOfSource ? project : path.split('/').length === 2 ? path : null;
  return found === null ? null : { site: 'GitLab', before: `https://${host}/${found}/container_registry`, after: null };
}

/** The page of the repository itself; empty if nobody knows. */
export function siteOf(link: LinkForm | null): string {
  return link === null ? '' : link.before.replace(/\?.*$/, '').replace(/:$/, '');
}

/** Releases that have a web page, by version. */
export function releasePages({ releases, sourceUrl }: Released): PageData['releases'] {
  const pages = releases.map(({ version, name }) => [version, releasePage(sourceUrl, name)] as const);
  return Object.fromEntries(pages.flatMap(([version, page]) => (page === null ? [] : [[version, page]])));
}

interface Released {
  readonly sourceUrl: string | null;
  /** `name` is that of the git tag. */
  readonly releases: readonly { readonly version: string; readonly name: string }[];
}

/** Forges that have their releases where GitLab has them. */
const gitlab = /^https:\/\/(?:[^/]+\.)?gitlab\./;

/**
 * @param sourceUrl the page of the git repository
 * @param name of the git tag: `v2.20.25`
 */
export function releasePage(sourceUrl: string | null, name: string): string | null {
  if (sourceUrl === null || !sourceUrl.startsWith('https://')) return null;
  const tag = encodeURIComponent(name);
  // GitHub's, Gitea's and Forgejo's are the same.
  return gitlab.test(sourceUrl) ? `${sourceUrl}/-/releases/${tag}` : `${sourceUrl}/releases/tag/${tag}`;
}
