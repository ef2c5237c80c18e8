/** What a job on GitLab needs around a command of tagwright: an image with Node and git, a builder, a login. */

/** Has Node, npm and git. */
export const nodeImage = 'node:24.11.1-bookworm';
/** Has Docker and buildx; its daemon is a service beside the job. @see https://docs.gitlab.com/ci/docker/using_docker_build/ */
const dockerImage = 'docker:28.5.2-cli';
const dockerDaemon = 'docker:28.5.2-dind';
const emulators = 'tonistiigi/binfmt:qemu-v10.2.3';

/** Set for every job: GitLab clones the last 20 commits otherwise, and no git tag but the one it runs for. */
export const wholeClone = { GIT_DEPTH: '0' };

/** Of a job that builds. */
export const dockerJob = {
  image: dockerImage,
  services: [dockerDaemon],
  variables: { DOCKER_TLS_CERTDIR: '/certs' },
};

/**
 * Which variables of the job hold the login: GitLab's own for its registry, which are there in every job, else two that
 * the project sets.
 */
export function loginVariables(registry: string, isGitlabs: boolean): Readonly<Record<string, string>> {
  const [host, user, password] = isGitlabs
    ? ['$CI_REGISTRY', '$CI_REGISTRY_USER', '$CI_REGISTRY_PASSWORD']
    : [registry, '$REGISTRY_USERNAME', '$REGISTRY_PASSWORD'];
  return { TAGWRIGHT_REGISTRY_HOST: host, TAGWRIGHT_REGISTRY_USERNAME: user, TAGWRIGHT_REGISTRY_PASSWORD: password };
}

/** Before a job that builds. A runner with a builder of its own names it in `BUILDX_BUILDER`. */
export function beforeBuild(emulate: string): readonly string[] {
  const emulation = `docker run --privileged --rm ${emulators} --install ${emulate}`;
  return [
    'apk add --no-cache git nodejs npm',
    // A pipe, so that the password is in no command line.
    `printf '%s' "$TAGWRIGHT_REGISTRY_PASSWORD" | docker login --username "$TAGWRIGHT_REGISTRY_USERNAME" --password-stdin "$TAGWRIGHT_REGISTRY_HOST"`,
    ...(emulate === '' ? [] : [`test -n "$BUILDX_BUILDER" || ${emulation}`]),
    'test -n "$BUILDX_BUILDER" || { docker context create tagwright && docker buildx create --name tagwright --use tagwright; }',
  ];
}
