/**
 * How registries of the field answer, each with where it was reported: what is asked, what comes back in order, and what
 * is made of it. Walked by `test/adapters/registry/quirks.test.ts`.
 */
import { mediaTypes } from '../../src/domain/media-types.ts';
import { sampleImage } from '../support/sample-images.ts';
import type { ScriptedAnswer } from '../support/scripted-transport.ts';

export interface Quirk {
  readonly name: string;
  readonly source: string;
  readonly ask: 'head' | 'head by digest' | 'manifest' | 'tags' | 'put' | 'blob upload' | 'blob';
  readonly answers: readonly ScriptedAnswer[];
  /** `top`, `absent`, tags, `done`, or the beginning of the error and a part of its fix. */
  readonly says: string;
  readonly fix?: string;
  /** Seconds waited between the requests, at least. */
  readonly waitSeconds?: number;
  /** Requests after the first: method and address, as far as they matter. */
  readonly next?: readonly string[];
}

const { top, children } = sampleImage('oci-index', 'one');
const child = children[0] ?? top;
const type = { 'content-type': top.mediaType };
const whole = { ...type, 'docker-content-digest': top.digest, 'content-length': `${top.sizeBytes}` };
const get: ScriptedAnswer = { status: 200, headers: whole, body: top.bytes };
const without = (...names: (keyof typeof whole)[]): Record<string, string> =>
  Object.fromEntries(Object.entries(whole).filter(([name]) => !names.some((left) => left === name)));
const json = { 'content-type': 'application/json' };
const errors = (status: number, code: string, message: string): ScriptedAnswer => ({
  status,
  headers: json,
  body: JSON.stringify({ errors: [{ code, message }] }),
});
const page = (tags: unknown, link?: string): ScriptedAnswer => ({
  status: 200,
  headers: link === undefined ? json : { ...json, link },
  body: JSON.stringify({ name: 'acme/app', tags }),
});
const bearer = 'Bearer realm="https://auth.test/token",service="registry"';
const challenge = (header = bearer): ScriptedAnswer => ({ status: 401, headers: { 'www-authenticate': header } });
const token = (body: object): ScriptedAnswer => ({ status: 200, headers: json, body: JSON.stringify(body) });
const notThere: ScriptedAnswer = { status: 404 };
const started = (location: string): ScriptedAnswer => ({ status: 202, headers: { location } });
const list = 'https://registry.test/v2/acme/app/tags/list';
const uploads = 'https://registry.test/v2/acme/app/blobs/uploads';
const thousand = Array.from({ length: 1000 }, (_, index) => `t${1000 + index}`);
const spec = 'https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md';
const imageJson = (body: object): ScriptedAnswer => ({
  status: 200,
  body: JSON.stringify({ schemaVersion: 2, ...body }),
});

const heads: readonly Quirk[] = [
  {
    name: 'HEAD without Content-Type',
    source: 'https://github.com/containerd/containerd/issues/7390',
    ask: 'head',
    answers: [{ status: 200, headers: without('content-type') }, get],
    says: 'top',
  },
  {
    name: 'HEAD without Content-Length',
    source: 'https://github.com/containerd/containerd/issues/7390',
    ask: 'head',
    answers: [{ status: 200, headers: without('content-length') }, get],
    says: 'top',
  },
  {
    name: 'HEAD without a digest',
    source: 'https://github.com/regclient/regclient/pull/363',
    ask: 'head',
    answers: [{ status: 200, headers: without('docker-content-digest') }, get],
    says: 'top',
  },
  {
    name: 'neither HEAD nor GET has a digest',
    source: 'https://github.com/renovatebot/renovate/issues/2315',
    ask: 'head',
    answers: [
      { status: 200, headers: type },
      { ...get, headers: type },
    ],
    says: 'top',
  },
  {
    name: 'HEAD says application/json',
    source: 'https://github.com/containerd/cri/issues/787',
    ask: 'head',
    answers: [{ status: 200, headers: { ...whole, ...json } }, get],
    says: 'top',
  },
  {
    name: 'HEAD is not allowed',
    source: 'https://github.com/merll/docker-registry-util/issues/3',
    ask: 'head',
    answers: [{ status: 405 }, get],
    says: 'top',
  },
  {
    name: 'HEAD is not implemented',
    source: 'https://github.com/crossplane/crossplane/pull/3223',
    ask: 'head',
    answers: [{ status: 501 }, get],
    says: 'top',
  },
  {
    name: 'HEAD refused without words: GET has them',
    source: 'https://github.com/google/go-containerregistry/blob/main/pkg/v1/remote/descriptor.go',
    ask: 'head',
    answers: [{ status: 403 }, errors(403, 'DENIED', 'requested access to the resource is denied')],
    says: 'REGISTRY_DENIED HEAD registry.test/acme/app:1.0: 403 DENIED "requested access',
    fix: 'log in',
  },
  {
    name: 'HEAD of an index gives the digest of one platform',
    source: 'https://github.com/opencontainers/distribution-spec/issues/207',
    ask: 'head by digest',
    answers: [{ status: 200, headers: { ...whole, 'docker-content-digest': child.digest } }, get],
    says: 'top',
  },
];

const manifests: readonly Quirk[] = [
  {
    name: 'a manifest as text/plain',
    source: 'https://github.com/containers/image/pull/417',
    ask: 'manifest',
    answers: [{ ...get, headers: { ...whole, 'content-type': 'text/plain' } }],
    says: 'top',
  },
  {
    name: 'a manifest as application/octet-stream',
    source: 'https://github.com/containers/image/blob/main/manifest/manifest.go',
    ask: 'manifest',
    answers: [{ ...get, headers: { 'content-type': 'application/octet-stream' } }],
    says: 'top',
  },
  {
    name: 'a manifest as application/json',
    source: 'https://github.com/containerd/cri/issues/787',
    ask: 'manifest',
    answers: [{ ...get, headers: json }],
    says: 'top',
  },
  {
    name: 'a manifest of no type',
    source: 'https://github.com/goharbor/harbor/issues/13740',
    ask: 'manifest',
    answers: [{ status: 200, body: top.bytes }],
    says: 'top',
  },
  {
    name: 'an index that names its type nowhere',
    source: 'https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md',
    ask: 'manifest',
    answers: [imageJson({ manifests: [] })],
    says: mediaTypes.ociIndex,
  },
  {
    name: 'an image that names its type nowhere',
    source: 'https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md',
    ask: 'manifest',
    answers: [imageJson({ config: {}, layers: [] })],
    says: mediaTypes.ociManifest,
  },
  {
    name: 'a charset beside the type, and capitals',
    source: 'https://www.rfc-editor.org/rfc/rfc9110#section-8.3.1',
    ask: 'manifest',
    answers: [{ ...get, headers: { ...whole, 'content-type': `${top.mediaType.toUpperCase()}; charset=utf-8` } }],
    says: 'top',
  },
  {
    name: 'a digest of another algorithm',
    source: `${spec}#pulling-manifests`,
    ask: 'manifest',
    answers: [{ ...get, headers: { ...whole, 'docker-content-digest': `sha512:${'a'.repeat(128)}` } }],
    says: 'top',
  },
  {
    name: 'a schema 1 manifest is final',
    source: 'https://docs.docker.com/engine/deprecated/',
    ask: 'manifest',
    answers: [
      {
        status: 200,
        headers: { 'content-type': 'application/vnd.docker.distribution.manifest.v1+prettyjws' },
        body: '{}',
      },
    ],
    says: 'REGISTRY_ANSWER GET registry.test/acme/app:1.0: a manifest of schema 1',
  },
  {
    name: '404 with the code 404',
    source: 'https://github.com/containers/image/blob/main/docker/errors_test.go',
    ask: 'manifest',
    answers: [errors(404, '404', 'Not Found')],
    says: 'absent',
  },
  {
    name: '404 in plain words',
    source: 'https://github.com/containers/image/blob/main/docker/errors_test.go',
    ask: 'manifest',
    answers: [{ status: 404, body: 'Not found\r\n' }],
    says: 'absent',
  },
  { name: '404 without a body', source: `${spec}#error-codes`, ask: 'manifest', answers: [notThere], says: 'absent' },
  {
    name: 'a blob that is kept elsewhere',
    source: `${spec}#pulling-blobs`,
    ask: 'blob',
    answers: [
      { status: 307, headers: { location: 'https://cdn.test/x' } },
      { status: 200, body: '{}' },
    ],
    says: 'done',
    next: ['GET https://cdn.test/x'],
  },
  {
    name: 'redirected without TLS on the same host',
    source: 'https://github.com/distribution/distribution/issues/479',
    ask: 'manifest',
    answers: [{ status: 307, headers: { location: 'http://registry.test/elsewhere' } }, get],
    says: 'top',
    next: ['GET https://registry.test/elsewhere'],
  },
];

const tagLists: readonly Quirk[] = [
  { name: 'no tags are null', source: `${spec}#listing-tags`, ask: 'tags', answers: [page(null)], says: '' },
  {
    name: 'a null among the tags',
    source: `${spec}#listing-tags`,
    ask: 'tags',
    answers: [page(['1.0', null])],
    says: '1.0',
  },
  {
    name: 'a name that is not a tag',
    source: `${spec}#pulling-manifests`,
    ask: 'tags',
    answers: [page(['1.0', '../x', '\u001b[2J'])],
    says: '1.0',
  },
  {
    name: 'a token in place of the last tag',
    source: 'https://github.com/deitch/docker_registry2/issues/56',
    ask: 'tags',
    answers: [page(['1.0'], '</v2/acme/app/tags/list?next_page=gAAA%3D&n=50>; rel="next"'), page(['1.1'])],
    says: '1.0,1.1',
    next: [`GET ${list}?next_page=gAAA%3D&n=50`],
  },
  {
    name: 'a next page with an absolute address',
    source: 'https://github.com/TritonDataCenter/node-docker-registry-client/issues/12',
    ask: 'tags',
    answers: [page(['1.0'], `<${list}?next_page=a&n=50>; rel="next"`), page(['1.1'])],
    says: '1.0,1.1',
    next: [`GET ${list}?next_page=a&n=50`],
  },
  {
    name: 'a next page with the inner path',
    source: 'https://github.com/sonatype/nexus-public/issues/1011',
    ask: 'tags',
    answers: [
      page(['1.0'], '<http://inner:5002/repository/hub/v2/acme/app/tags/list?n=1&last=1.0>; rel="next"'),
      page(['1.1']),
    ],
    says: '1.0,1.1',
    next: [`GET ${list}?n=1&last=1.0`],
  },
  {
    name: 'a next page that counts in place of naming',
    source: 'https://github.com/renovatebot/renovate/issues/15080',
    ask: 'tags',
    answers: [page(['1.0'], '</v2/acme/app/tags/list?last=10000&n=10000>; rel="next"'), page(['1.1'])],
    says: '1.0,1.1',
    next: [`GET ${list}?last=10000&n=10000`],
  },
  {
    name: 'a full page without a next one, and there is more',
    source: 'https://github.com/sonatype/nexus-public/issues/117',
    ask: 'tags',
    answers: [page(thousand), page(['z'])],
    says: [...thousand, 'z'].join(','),
    next: [`GET ${list}?n=1000&last=t1999`],
  },
  {
    name: 'a full page without a next one, and that is all',
    source: 'https://github.com/sonatype/nexus-public/issues/209',
    ask: 'tags',
    answers: [page(thousand), page(thousand)],
    says: thousand.join(','),
    next: [`GET ${list}?n=1000&last=t1999`],
  },
  {
    name: 'a list that is redirected',
    source: 'https://github.com/kubernetes/k8s.io/issues/6984',
    ask: 'tags',
    answers: [{ status: 307, headers: { location: 'https://other.test/v2/x/tags/list?n=1000' } }, page(['1.0'])],
    says: '1.0',
    next: ['GET https://other.test/v2/x/tags/list?n=1000'],
  },
];

const tokens: readonly Quirk[] = [
  {
    name: 'a token under its OAuth name',
    source: 'https://distribution.github.io/distribution/spec/auth/token/',
    ask: 'manifest',
    answers: [challenge(), token({ access_token: 't' }), get],
    says: 'top',
  },
  {
    name: 'an empty token beside the OAuth one',
    source: 'https://distribution.github.io/distribution/spec/auth/token/',
    ask: 'manifest',
    answers: [challenge(), token({ token: '', access_token: 't' }), get],
    says: 'top',
  },
  {
    name: 'a lifetime that is text',
    source: 'https://www.rfc-editor.org/rfc/rfc6749#section-5.1',
    ask: 'manifest',
    answers: [challenge(), token({ token: 't', expires_in: '3600' }), get],
    says: 'top',
  },
  {
    name: 'a lifetime of nothing',
    source: 'https://distribution.github.io/distribution/spec/auth/token/',
    ask: 'manifest',
    answers: [challenge(), token({ token: 't', expires_in: null }), get],
    says: 'top',
  },
  {
    name: 'several challenges, the second of which is known',
    source: 'https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1',
    ask: 'manifest',
    answers: [challenge(`Negotiate, ${bearer}`), token({ token: 't' }), get],
    says: 'top',
  },
  {
    name: 'a challenge in lower case without quotes',
    source: 'https://www.rfc-editor.org/rfc/rfc9110#section-11.2',
    ask: 'manifest',
    answers: [challenge('bearer realm=https://auth.test/token, service=registry'), token({ token: 't' }), get],
    says: 'top',
  },
  {
    name: 'a token without the scope',
    source: 'https://www.rfc-editor.org/rfc/rfc6750#section-3.1',
    ask: 'put',
    answers: [challenge(), token({ token: 't' }), challenge(`${bearer},error="insufficient_scope"`)],
    says: 'REGISTRY_DENIED PUT registry.test/acme/app:1.0: the token lacks the scope to push: 401',
    fix: 'log in',
  },
];

const uploadsOf: readonly Quirk[] = [
  {
    name: 'an upload at a relative address',
    source: 'https://github.com/goharbor/harbor/issues/5001',
    ask: 'blob upload',
    answers: [notThere, started('/v2/acme/app/blobs/uploads/1?_state=x'), { status: 201 }],
    says: 'done',
    next: [`POST ${uploads}/`, `PUT ${uploads}/1?_state=x&digest=`],
  },
  {
    name: 'an upload without TLS behind a proxy with it',
    source: 'https://github.com/distribution/distribution/issues/479',
    ask: 'blob upload',
    answers: [notThere, started('http://registry.test/v2/acme/app/blobs/uploads/1'), { status: 201 }],
    says: 'done',
    next: [`POST ${uploads}/`, `PUT ${uploads}/1?digest=`],
  },
  {
    name: 'an upload without the port of the proxy',
    source: 'https://github.com/distribution/distribution/issues/996',
    ask: 'blob upload',
    answers: [notThere, started('http://registry.test:80/v2/acme/app/blobs/uploads/1'), { status: 201 }],
    says: 'done',
    next: [`POST ${uploads}/`, `PUT ${uploads}/1?digest=`],
  },
  {
    name: 'an upload that is named and not located',
    source: 'https://distribution.github.io/distribution/spec/api/#starting-an-upload',
    ask: 'blob upload',
    answers: [notThere, { status: 202, headers: { 'docker-upload-uuid': '1' } }, { status: 201 }],
    says: 'done',
    next: [`POST ${uploads}/`, `PUT ${uploads}/1?digest=`],
  },
  {
    name: 'a beginning that is redirected is not followed with a login',
    source: 'https://github.com/containerd/containerd/issues/11949',
    ask: 'blob upload',
    answers: [notThere, { status: 307, headers: { location: 'https://other.test/' } }],
    says: 'REGISTRY_ANSWER POST',
  },
  {
    name: 'a repository that must be created first',
    source: 'https://docs.aws.amazon.com/AmazonECR/latest/userguide/docker-push-ecr-image.html',
    ask: 'blob upload',
    answers: [
      notThere,
      errors(404, 'NAME_UNKNOWN', "The repository with name 'acme/app' does not exist in the registry with id '1'"),
    ],
    says: 'REGISTRY_REFUSED POST',
    fix: 'create the repository first',
  },
];

const words = (body: ScriptedAnswer): readonly ScriptedAnswer[] => [body, { status: 404 }];
const ecrImmutable = errors(
  400,
  'TAG_INVALID',
  "The image tag '1.0' already exists in the 'app' repository and cannot be overwritten because the repository is immutable.",
);
const immutable = 'REGISTRY_REFUSED PUT registry.test/acme/app:1.0: tags of this repository are immutable';

const refusals: readonly Quirk[] = [
  {
    name: 'an immutable tag that has the image already',
    source: 'https://github.com/moby/buildkit/issues/3776',
    ask: 'put',
    answers: [ecrImmutable, { status: 200, headers: whole }],
    says: 'done',
  },
  {
    name: 'an immutable tag of ECR',
    source: 'https://github.com/docker/buildx/issues/663',
    ask: 'put',
    answers: words(ecrImmutable),
    says: immutable,
    fix: 'immutability rule',
  },
  {
    name: 'an immutable tag of Artifact Registry',
    source: 'https://cloud.google.com/artifact-registry/docs/repositories/create-repos',
    ask: 'put',
    answers: words(
      errors(400, 'MANIFEST_INVALID', 'cannot update tag 1.0: the repository has enabled tag immutability'),
    ),
    says: immutable,
  },
  {
    name: 'an immutable tag of Harbor',
    source: 'https://goharbor.io/docs/2.10.0/working-with-projects/working-with-images/create-tag-immutability-rules/',
    ask: 'put',
    answers: words(errors(412, 'PRECONDITION', "Failed to process request due to 'app:1.0' configured as immutable.")),
    says: immutable,
  },
  {
    name: 'an immutable tag of Docker Hub, by 403',
    source: 'https://github.com/docker/hub-feedback/issues/2466',
    ask: 'put',
    answers: words(errors(403, 'DENIED', 'tag is immutable')),
    says: immutable,
  },
  {
    name: 'a protected tag is not about the login',
    source: 'https://docs.gitlab.com/user/packages/container_registry/protected_container_tags/',
    ask: 'put',
    answers: [errors(403, 'DENIED', 'tag 1.0 is protected')],
    says: 'REGISTRY_REFUSED PUT registry.test/acme/app:1.0: this tag is protected',
    fix: 'protection rule',
  },
  {
    name: 'a locked image of ACR',
    source: 'https://learn.microsoft.com/azure/container-registry/container-registry-image-lock',
    ask: 'put',
    answers: [errors(405, 'UNSUPPORTED', 'the operation is disallowed on this registry, repository or image')],
    says: 'REGISTRY_REFUSED PUT registry.test/acme/app:1.0: the image or repository is locked',
    fix: 'unlock',
  },
  {
    name: 'a full quota by 403',
    source: 'https://github.com/goharbor/harbor/issues/11508',
    ask: 'put',
    answers: [
      errors(
        403,
        'DENIED',
        'adding 1.2 MiB of storage resource, which when updated to current usage will exceed the configured upper limit',
      ),
    ],
    says: 'REGISTRY_REFUSED PUT registry.test/acme/app:1.0: the quota or a size limit',
    fix: 'free space',
  },
  {
    name: 'a 403 without words may be the login',
    source: 'https://github.com/aws/containers-roadmap/issues/2159',
    ask: 'put',
    answers: [{ status: 403 }],
    says: 'REGISTRY_DENIED PUT registry.test/acme/app:1.0: 403',
    fix: 'log in',
  },
  {
    name: 'a registry under maintenance',
    source: 'https://distribution.github.io/distribution/about/configuration/#readonly',
    ask: 'put',
    answers: [errors(503, 'UNAVAILABLE', 'the registry is in read-only mode')],
    says: 'REGISTRY_REFUSED PUT registry.test/acme/app:1.0: the registry is read-only',
    fix: 'maintenance',
  },
  {
    name: 'a login that has expired',
    source: 'https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html',
    ask: 'put',
    answers: [errors(403, 'DENIED', 'Your authorization token has expired. Reauthenticate and try again.')],
    says: 'REGISTRY_DENIED PUT registry.test/acme/app:1.0: the login has expired',
    fix: 'log in again',
  },
  {
    name: 'a success of a proxy without a digest is looked at',
    source: `${spec}#pushing-manifests`,
    ask: 'put',
    answers: [{ status: 202 }, { status: 200, headers: whole }],
    says: 'done',
  },
  {
    name: '201 without a digest',
    source: `${spec}#pushing-manifests`,
    ask: 'put',
    answers: [{ status: 201 }],
    says: 'done',
  },
];

const waits: readonly Quirk[] = [
  {
    name: '429 with seconds',
    source: 'https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3',
    ask: 'manifest',
    answers: [{ status: 429, headers: { 'retry-after': '7' } }, get],
    says: 'top',
    waitSeconds: 7,
  },
  {
    name: '429 with a date, by the clock of the server',
    source: 'https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3',
    ask: 'manifest',
    answers: [
      {
        status: 429,
        headers: { 'retry-after': 'Thu, 01 Jan 2032 00:00:09 GMT', date: 'Thu, 01 Jan 2032 00:00:00 GMT' },
      },
      get,
    ],
    says: 'top',
    waitSeconds: 9,
  },
  {
    name: '503 with seconds',
    source: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.6.4',
    ask: 'manifest',
    answers: [{ status: 503, headers: { 'retry-after': '3' } }, get],
    says: 'top',
    waitSeconds: 3,
  },
  {
    name: '429 with an instant of Docker Hub',
    source: 'https://docs.docker.com/reference/api/hub/latest/',
    ask: 'manifest',
    answers: [{ status: 429, headers: { 'x-retry-after': String(Date.parse('2026-01-01T00:00:05Z') / 1000) } }, get],
    says: 'top',
    waitSeconds: 5,
  },
  {
    name: '429 with neither',
    source: 'https://docs.docker.com/docker-hub/usage/pulls/',
    ask: 'manifest',
    answers: [{ status: 429, headers: { 'retry-after': 'soon' } }, get],
    says: 'top',
  },
];

export const quirks: readonly Quirk[] = [
  ...heads,
  ...manifests,
  ...tagLists,
  ...tokens,
  ...uploadsOf,
  ...refusals,
  ...waits,
];
