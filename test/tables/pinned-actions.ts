/**
 * Actions of others that the workflows and the documents here use: the commit of a version's git tag, as its git
 * repository has it, and the inputs in the action.yml of that commit.
 */
export interface PinnedAction {
  /** `owner/name`, and a folder where the action is in one. */
  readonly name: string;
  readonly version: string;
  /** What `git rev-parse VERSION^{commit}` says in a clone. */
  readonly commit: string;
  readonly inputs: readonly string[];
  readonly required?: readonly string[];
}

const words = (text: string): string[] => text.trim().split(/\s+/);

export const pinnedActions: readonly PinnedAction[] = [
  {
    name: 'actions/checkout',
    version: 'v7.0.1',
    commit: '3d3c42e5aac5ba805825da76410c181273ba90b1',
    inputs:
      words(`repository ref token ssh-key ssh-known-hosts ssh-strict ssh-user persist-credentials path clean filter
      sparse-checkout sparse-checkout-cone-mode fetch-depth fetch-tags show-progress lfs submodules set-safe-directory
      github-server-url allow-unsafe-pr-checkout`),
  },
  {
    name: 'actions/setup-node',
    version: 'v7.0.0',
    commit: '820762786026740c76f36085b0efc47a31fe5020',
    inputs: words(`node-version node-version-file architecture check-latest registry-url scope token cache
      package-manager-cache cache-dependency-path mirror mirror-token`),
  },
  {
    name: 'actions/upload-artifact',
    version: 'v7.0.0',
    commit: 'bbbca2ddaa5d8feaa63e36b76fdaad77386f024f',
    inputs: words(
      'name path if-no-files-found retention-days compression-level overwrite include-hidden-files archive',
    ),
    required: ['path'],
  },
  {
    name: 'actions/download-artifact',
    version: 'v8.0.1',
    commit: '3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c',
    inputs: words(`name artifact-ids path pattern merge-multiple github-token repository run-id skip-decompress
      digest-mismatch`),
  },
  {
    name: 'docker/setup-buildx-action',
    version: 'v4.3.0',
    commit: '37fe631027851001ddb9b187196cc803df7f5f0e',
    inputs: words(`version driver driver-opts buildkitd-flags buildkitd-config buildkitd-config-inline use name endpoint
      platforms append keep-state cache-binary cleanup`),
  },
  {
    name: 'docker/setup-qemu-action',
    version: 'v4.2.0',
    commit: '96fe6ef7f33517b61c61be40b68a1882f3264fb8',
    inputs: words('image platforms reset cache-image'),
  },
  {
    name: 'docker/login-action',
    version: 'v4.1.0',
    commit: '4907a6ddec9925e35a0a9e82d7399ccc52663121',
    inputs: words('registry username password ecr scope logout registry-auth'),
  },
  {
    name: 'docker/build-push-action',
    version: 'v7.3.0',
    commit: '53b7df96c91f9c12dcc8a07bcb9ccacbed38856a',
    inputs: words(`add-hosts allow annotations attests build-args build-contexts builder cache-from cache-to call
      cgroup-parent context file labels load network no-cache no-cache-filters outputs platforms provenance pull push
      sbom secrets secret-envs secret-files shm-size ssh tags target ulimit github-token`),
  },
  {
    name: 'docker/bake-action',
    version: 'v7.1.0',
    commit: 'a66e1c87e2eca0503c343edf1d208c716d54b8a8',
    inputs: words('builder allow call files no-cache pull load provenance push sbom set source targets github-token'),
  },
  {
    name: 'github/codeql-action/init',
    version: 'v4.36.2',
    commit: '8aad20d150bbac5944a9f9d289da16a4b0d87c1e',
    inputs: words('tools languages build-mode token config-file config queries packs source-root ram threads'),
  },
  {
    name: 'github/codeql-action/analyze',
    version: 'v4.36.2',
    commit: '8aad20d150bbac5944a9f9d289da16a4b0d87c1e',
    inputs: words('category output upload ram threads wait-for-processing token'),
  },
  {
    name: 'github/codeql-action/upload-sarif',
    version: 'v4.36.2',
    commit: '8aad20d150bbac5944a9f9d289da16a4b0d87c1e',
    inputs: words('sarif_file checkout_path ref sha token matrix category wait-for-processing'),
  },
  {
    name: 'sigstore/cosign-installer',
    version: 'v4.1.2',
    commit: '6f9f17788090df1f26f669e9d70d6ae9567deba6',
    inputs: words('cosign-release install-dir use-sudo'),
  },
];
