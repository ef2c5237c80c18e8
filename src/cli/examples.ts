/** An example or two for each command, shown under its help. */

export const examples: Readonly<Record<string, readonly string[]>> = {
  plan: [
    'tagwright plan',
    'tagwright plan 2.11.5 --offline',
    'tagwright plan --diff old.config.yaml',
    'tagwright plan --event event.json',
    'tagwright plan 2.11.5 --format html --output plan.html',
  ],
  explain: [
    'tagwright explain 2-latest',
    'tagwright explain 2.11-python3.7 --offline',
    'tagwright explain 2-latest --format html --output explain.html',
  ],
  render: ['tagwright render', 'tagwright render --check', 'tagwright render --update-bases'],
  build: [
    'tagwright build 2.11.5 --only python=3.10',
    'tagwright build 2.11.5 --explain',
    'tagwright build 2.11.5 --platform linux/arm64 --push-by-digest --record part.json',
  ],
  record: [
    'tagwright record --from bake-metadata.json --record records/bake.json',
    'tagwright record --cell CELL --platform linux/arm64 --from digest.txt --record records/arm64.json',
  ],
  pass: ['tagwright pass scan --record arm64.json', 'tagwright pass gpu --record cuda.json --failed'],
  publish: [
    'tagwright publish 2.11.5 --dry-run',
    'tagwright publish --event event.json --dry-run',
    'tagwright publish 2.11.5 --from-records records',
  ],
  apply: ['tagwright apply --dry-run', 'tagwright apply moves.json'],
  rollback: ['tagwright rollback .tagwright/docker.io/acme/app/1.2.0/20260102T030405.000Z.jsonl --dry-run'],
  yank: ["tagwright yank 2.11.5 --reason 'loses state on restart' --dry-run"],
  prune: ['tagwright prune', 'tagwright prune --delete 17:0123456789ab'],
  unyank: ['tagwright unyank 2.11.5 --dry-run'],
  matrix: [
    'tagwright matrix 2.11.5 --split cell',
    'tagwright matrix 2.11.5 --runner linux/arm64=ubuntu-24.04-arm',
    'tagwright matrix 2.11.5 --format gitlab --output release-images.yml',
  ],
  protect: ['tagwright protect', 'tagwright protect --json'],
  history: [
    'tagwright history 2-latest',
    'tagwright history 2-latest --evidence --at 2025-04-01',
    'tagwright history --json',
  ],
  docs: [
    "tagwright docs --range '>=2.20'",
    'tagwright docs README.md docs/tags.md --check',
    'tagwright docs --release 2.20.25 --dry-run',
    "tagwright docs --push --range '>=2.20'",
  ],
  audit: [
    'tagwright audit',
    'tagwright audit --plan-out moves.json',
    'tagwright audit --format html --output audit.html',
    'tagwright audit --report junit=audit.xml --note',
  ],
  rehearse: ['tagwright rehearse 2.11.5', 'tagwright rehearse --all'],
  check: [
    'tagwright check',
    'tagwright check --against main.config.ts',
    'tagwright check --config - < matrix.config.yaml',
  ],
  schema: ['tagwright schema --output matrix.schema.json'],
  init: ['tagwright init --dry-run', 'tagwright init --from-workflow .github/workflows/docker.yml'],
  doctor: ['tagwright doctor', 'tagwright doctor --offline'],
  completion: ['tagwright completion bash > ~/.local/share/bash-completion/completions/tagwright'],
  version: ['tagwright version --json'],
  look: [
    'tagwright look docker.io/prefecthq/prefect',
    'tagwright look docker.io/acme/app ghcr.io/acme/app',
    'tagwright look ghcr.io/acme/app --github acme/app',
  ],
};

export function exampleText(command: string): string {
  const lines = examples[command] ?? [];
  if (lines.length === 0) return '';
  return ['', lines.length === 1 ? 'Example:' : 'Examples:', ...lines.map((line) => `  $ ${line}`)].join('\n');
}
