/** Alerts on what somebody has to do in or for a tenant: tidy up what runs left behind, renew what ends. */
import { type Alert, alertOf, type Group, ofTenants, type Scope, withPlace } from './rule.ts';

const DAY_S = 86_400;

export function upkeepGroup(scope: Scope): Group {
  return {
    name: 'orderwatch-upkeep',
    rules: [
      residue(scope),
      certificate(scope, { severity: 'page', days: 3 }),
      certificate(scope, { severity: 'ticket', days: 14 }),
      apiKey(scope),
    ],
  };
}

const residue = (scope: Scope): Alert =>
  alertOf(scope, 'OrderwatchResidue', {
    expr: withPlace(`max by (tenant) (${ofTenants(scope, 'orderwatch_residue_documents')}) > 0`),
    lasting: '15m',
    severity: 'ticket',
    owner: 'erp-support',
    runbook: 'monitor',
    summary: 'Synthetic documents left open at {{ $labels.tenant }}: {{ $value }}',
    description:
      'For 15 minutes the sweep has not been able to undo what runs left open at {{ $labels.tenant }} ' +
      '(synthetic documents: {{ $value }}). `orderwatch residue` lists them.',
  });

const certificate = (
  scope: Scope,
  { severity, days }: { readonly severity: 'page' | 'ticket'; readonly days: number },
): Alert =>
  alertOf(scope, 'OrderwatchCertificateExpiry', {
    expr: endsWithin(scope, 'orderwatch_certificate_expiry_timestamp_seconds', days),
    lasting: '15m',
    severity,
    owner: 'platform',
    runbook: 'ingress',
    summary: `The certificate of {{ $labels.tenant }} ${ENDS}`,
    description: `The certificate that the address of {{ $labels.tenant }} shows ${ENDS}. Then nobody gets in.`,
  });

const apiKey = (scope: Scope): Alert =>
  alertOf(scope, 'OrderwatchApiKeyExpiry', {
    expr: endsWithin(scope, 'orderwatch_api_key_expiry_timestamp_seconds', 14),
    lasting: '15m',
    severity: 'ticket',
    owner: 'erp-support',
    runbook: 'access',
    summary: `An API key of the probe user at {{ $labels.tenant }} ${ENDS}`,
    description: `An API key of the probe user at {{ $labels.tenant }} ${ENDS}. Then no run can sign in with it.`,
  });

const ENDS =
  '{{ if gt $value 0.0 }}ends in {{ $value | humanizeDuration }}{{ else }}has ended{{ end }}';

const endsWithin = (scope: Scope, metric: string, days: number): string =>
  withPlace(`min by (tenant) (${ofTenants(scope, metric)}) - time() < ${days * DAY_S}`);
