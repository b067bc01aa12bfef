import { createHash } from 'node:crypto';

/** The version of the CDEvents specification that these are written by. */
const SPECIFICATION = '0.5.1';

/** Every type that is published, by what it says: the specification's name with the version of the type. */
export const CDEVENT_TYPES = {
  queued: 'dev.cdevents.pipelinerun.queued.0.3.0',
  started: 'dev.cdevents.pipelinerun.started.0.3.0',
  finished: 'dev.cdevents.pipelinerun.finished.0.3.0',
  deployed: 'dev.cdevents.service.deployed.0.3.0',
  upgraded: 'dev.cdevents.service.upgraded.0.3.0',
  rolledBack: 'dev.cdevents.service.rolledback.0.3.0',
  detected: 'dev.cdevents.incident.detected.0.3.0',
  resolved: 'dev.cdevents.incident.resolved.0.3.0',
  published: 'dev.cdevents.artifact.published.0.3.0',
} as const;

export type CdEventKind = keyof typeof CDEVENT_TYPES;

/** How an event hangs together with another, by that one's id. */
export type Link =
  | { readonly linkType: 'RELATION'; readonly linkKind: 'TRIGGER' | 'CAUSE'; readonly target: { readonly contextId: string } }
  | { readonly linkType: 'PATH' | 'END'; readonly from: { readonly contextId: string } };

/** An event as `schemas/*.json` of the specification have it. */
export interface CdEvent {
  readonly context: {
    readonly specversion: string;
    readonly id: string;
    readonly source: string;
    readonly type: string;
    readonly timestamp: string;
    readonly chainId: string;
    readonly links?: readonly Link[];
  };
  readonly subject: { readonly id: string; readonly content: Readonly<Record<string, unknown>> };
  readonly customData: Readonly<Record<string, unknown>>;
  readonly customDataContentType: 'application/json';
}

/** What one outcome makes an event of. `of` is the deployment's id, or the promotion's. */
export interface Draft {
  readonly kind: CdEventKind;
  readonly of: string;
  readonly sequence: number;
  readonly at: string;
  readonly subject: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly links: readonly Link[];
  readonly customData: Readonly<Record<string, unknown>>;
}

/** The same for every copy of the same event: a UUID's form, of a hash. */
export const contextId = (of: string, sequence: number, kind: CdEventKind): string => {
  const hex = createHash('sha256')
    .update(JSON.stringify([of, sequence, kind]))
    .digest('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)];
  return parts.join('-');
};

export const cdEvent = ({ kind, of, sequence, at, subject, content, links, customData }: Draft, source: string): CdEvent => ({
  context: {
    specversion: SPECIFICATION,
    id: contextId(of, sequence, kind),
    source,
    type: CDEVENT_TYPES[kind],
    timestamp: at,
    chainId: of,
    ...(links.length === 0 ? {} : { links }),
  },
  subject: { id: subject, content },
  customData,
  customDataContentType: 'application/json',
});

/** A CloudEvent in structured mode, with the whole CDEvent as its data (CDEvents specification, "CloudEvents Binding"). */
export const cloudEvent = (event: CdEvent) => {
  const { id, source, type, timestamp } = event.context;
  return {
    specversion: '1.0',
    id,
    source,
    type,
    subject: event.subject.id,
    time: timestamp,
    datacontenttype: 'application/json',
    data: event,
  } as const;
};
