/** Secrets that tagwright reads for itself: no program that it starts needs one of them. */
const ownSecrets: ReadonlySet<string> = new Set([
  'GITHUB_TOKEN',
  'GH_TOKEN',
  'GH_ENTERPRISE_TOKEN',
  'GITHUB_ENTERPRISE_TOKEN',
  'QUAY_TOKEN',
  'DOCKERHUB_TOKEN',
  'GITLAB_TOKEN',
  'INPUT_GITHUB-TOKEN',
  'INPUT_GITHUB_TOKEN',
  'TAGWRIGHT_SIGN_PASSPHRASE',
  'SIGSTORE_ID_TOKEN',
]);

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The whole environment of a program that tagwright starts: its own less the secrets that it reads for itself. Pass it
 * with `extendEnv: false`. Names are compared without their case, as Windows does.
 *
 * @param passed names that this program is given all the same: the variables of build secrets, for buildx alone
 */
export function childEnvironment(env: Environment, passed: readonly string[] = []): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    const key = name.toUpperCase();
    const isOurs = ownSecrets.has(key) || key.startsWith('TAGWRIGHT_REGISTRY_');
    if (value !== undefined && (!isOurs || passed.includes(name))) kept[name] = value;
  }
  return kept;
}
