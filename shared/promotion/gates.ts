import {
  DescribeImageScanFindingsCommand,
  type ECRClient,
  type ImageScanFindings,
  type ImageScanStatus,
} from '@aws-sdk/client-ecr';
import type { Severity } from '../catalogue/catalogue.ts';
import { servicesBelow } from '../catalogue/lookup.ts';
import type { RegistryClient } from '../registries/client.ts';
import { ecrOf } from '../registries/image-reference.ts';
import { INDEXES, partsOf, platformsIn } from '../registries/manifest.ts';
import type { Evidence } from '../store/promotions.ts';
import { type GateTools, nameOf, no, pass, wait } from './answers.ts';
import { shortCommit, tagFor } from './tags.ts';
import type { GateAnswer, Promotion } from './types.ts';

/** What every gate of the promotion says now, and the tag that it would get. */
export const askGates = async (
  tools: GateTools,
  promotion: Promotion,
): Promise<{ readonly answers: readonly GateAnswer[]; readonly tag?: string; readonly dead?: string }> => {
  const { rule } = promotion;
  const { gates } = rule;
  const answers: GateAnswer[] = [];
  if (gates.verified) answers.push(await verifiedBelow(tools, promotion));
  if (gates.evidence.length > 0) answers.push(...(await evidenceFor(tools, promotion)));
  if (gates.scan !== undefined) answers.push(await scanned(tools, promotion, gates.scan));
  if (gates.signature) answers.push(await signed(tools, promotion));
  if (rule.also.includes('sha') && shortCommit(promotion) === undefined)
    answers.push(
      no('commit-unknown', `${rule.name} tags with the commit, and none is known of ${nameOf(promotion)}; say "commit"`),
    );
  const { answer, ...chosen } = await tagFor(tools, promotion);
  return { answers: [...answers, answer], ...chosen };
};

/** S5.3: every service below that has its images from there has verified it, and it has not been rolled back since. */
const verifiedBelow = async ({ catalogue, store }: GateTools, promotion: Promotion): Promise<GateAnswer> => {
  const { rule, digest } = promotion;
  const below = servicesBelow(catalogue, rule);
  const { environment = '' } = rule.from;
  if (below.length === 0)
    return no(
      'not-verified',
      `no service of ${environment} has its images from ${rule.from.repository} in the catalogue, so nothing can be verified there; name "repository" for those that do`,
    );
  const missing: string[] = [];
  for (const { name } of below) {
    const { verified } = await store.service(environment, name);
    if (!verified.some((entry) => entry.digest === digest)) missing.push(name);
  }
  return missing.length === 0
    ? pass(`verified in ${environment} by ${below.map(({ name }) => name).join(', ')}`)
    : wait(
        'not-verified',
        `${nameOf(promotion)} is not verified in ${environment} by ${missing.join(', ')}; deploy it there first, and ask again`,
      );
};

/** S3.1: by kind, the newest counts. */
const evidenceFor = async ({ promotions }: GateTools, promotion: Promotion): Promise<readonly GateAnswer[]> => {
  const { evidence } = await promotions.ofDigest(promotion.digest);
  return promotion.rule.gates.evidence.map((kind) =>
    evidenceAnswer(
      promotion,
      kind,
      evidence.find((one) => one.kind === kind),
    ),
  );
};

const evidenceAnswer = (promotion: Promotion, kind: string, evidence: Evidence | undefined): GateAnswer => {
  if (evidence === undefined)
    return wait(
      'evidence-missing',
      `no evidence of kind ${kind} was recorded for ${nameOf(promotion)}; let CI put EvidenceRecorded for this digest, and ask again`,
    );
  const { tool, passed, url } = evidence;
  const where = url === undefined ? '' : ` (${url})`;
  return passed
    ? pass(`${kind} passed by ${tool}${where}`)
    : no(
        'evidence-failed',
        `${tool} says that ${nameOf(promotion)} did not pass ${kind}${where}; mend it, and push another image`,
      );
};

const SEVERITIES: readonly Severity[] = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'];

type Scan = { readonly status: ImageScanStatus['status']; readonly counts: ImageScanFindings['findingSeverityCounts'] };

/**
 * S5.5: basic scanning says COMPLETE, enhanced ACTIVE (the scan goes on for as long as the image is there). An index has no scan of its own:
 * each of its platforms has (Amazon ECR User Guide, "Image scanning").
 */
const scanned = async ({ registries }: GateTools, promotion: Promotion, allowed: Severity): Promise<GateAnswer> => {
  const { from } = promotion.rule;
  if (ecrOf(from.registry) === undefined)
    return no(
      'scan-unsupported',
      `${from.registry} is no Amazon ECR, and only that tells of its scans; let CI record evidence of kind scan instead`,
    );
  const ecr = await registries.ecr(from);
  const platforms = await platformsOf(await registries.open(from), from.repository, promotion.digest);
  const found: Record<string, number> = {};
  for (const digest of platforms) {
    const scan = await scanOf(ecr, from.repository, digest);
    const answer = scanAnswer(promotion, digest, scan?.status);
    if (answer !== undefined) return answer;
    for (const [severity, count] of Object.entries(scan?.counts ?? {})) found[severity] = (found[severity] ?? 0) + (count ?? 0);
  }
  const bad = SEVERITIES.slice(SEVERITIES.indexOf(allowed)).filter((severity) => (found[severity] ?? 0) > 0);
  const told = bad
    .toReversed()
    .map((severity) => `${found[severity]} ${severity}`)
    .join(', ');
  return bad.length === 0
    ? pass(`scanned, nothing of ${allowed} or worse`)
    : no(
        'scan-findings',
        `the scan of ${nameOf(promotion)} found ${told}, and nothing of ${allowed} or worse is allowed; mend it, and push another image`,
      );
};

const scanOf = async (ecr: ECRClient, repositoryName: string, imageDigest: string): Promise<Scan | undefined> => {
  try {
    const { imageScanStatus, imageScanFindings } = await ecr.send(
      new DescribeImageScanFindingsCommand({ repositoryName, imageId: { imageDigest }, maxResults: 1 }),
    );
    return { status: imageScanStatus?.status, counts: imageScanFindings?.findingSeverityCounts };
  } catch (error) {
    if (error instanceof Error && error.name === 'ScanNotFoundException') return undefined;
    throw error;
  }
};

/** `undefined`: there is a result. */
const scanAnswer = (promotion: Promotion, digest: string, status: string | undefined): GateAnswer | undefined => {
  switch (status) {
    case 'COMPLETE':
    case 'ACTIVE':
      return undefined;
    case undefined:
    case 'IN_PROGRESS':
    case 'PENDING':
      return wait(
        'scan-missing',
        `${nameOf(promotion)} (${digest}) has no finished scan: it is ${status ?? 'not scanned'}; turn scanning on for ${promotion.rule.from.repository}, or start a scan`,
      );
    default:
      return no('scan-failed', `the scan of ${nameOf(promotion)} (${digest}) is ${status}; see to it in Amazon ECR`);
  }
};

/** What runs: of an index, its platforms without attestations. */
const platformsOf = async (registry: RegistryClient, repository: string, digest: string): Promise<readonly string[]> => {
  const manifest = await registry.getManifest(repository, digest);
  if (manifest === undefined || !INDEXES.includes(manifest.mediaType)) return [digest];
  return platformsIn(manifest.bytes.toString('utf8'));
};

/** Artifact types of signatures: cosign's (bundles too) and notation's (Notary Project, "Signature specification"). */
const SIGNATURES = ['application/vnd.dev.cosign.', 'application/vnd.dev.sigstore.', 'application/vnd.cncf.notary.signature'];

/** It is looked for, and not verified: that takes keys, which whoever pulls has. */
const signed = async ({ registries }: GateTools, promotion: Promotion): Promise<GateAnswer> => {
  const { from } = promotion.rule;
  const registry = await registries.open(from);
  const fallback = promotion.digest.replace(':', '-');
  const list =
    (await registry.referrers(from.repository, promotion.digest)) ?? (await registry.getManifest(from.repository, fallback));
  const attached = list === undefined ? [] : partsOf(list).manifests;
  const types = attached.map(({ artifactType, mediaType }) => artifactType ?? mediaType);
  if (types.some((type) => SIGNATURES.some((known) => type.startsWith(known)))) return pass('signed');
  if ((await registry.headManifest(from.repository, `${fallback}.sig`)) !== undefined) return pass('signed');
  return wait(
    'not-signed',
    `no signature of cosign or notation is attached to ${nameOf(promotion)}; sign this digest, and ask again`,
  );
};
