import type { AwsError } from '../errors.ts';
import type { Exchange } from './answer.ts';
import type { LocalRequest, LocalResponse } from './http.ts';
import { element, escapeXml } from './query-output.ts';
import { XML_DECLARATION } from './rest-output.ts';

/** Both ids of a request, as S3 spells them. */
const idsOf = ({ requestId }: Pick<Exchange, 'requestId'>) => ({
  request: requestId.replaceAll('-', '').slice(0, 16).toUpperCase(),
  host: Buffer.from(requestId.repeat(2)).toString('base64'),
});

export const idHeaders = (exchange: Pick<Exchange, 'requestId'>) => {
  const { request, host } = idsOf(exchange);
  return { 'x-amz-request-id': request, 'x-amz-id-2': host };
};

/** How S3 spells what stands before the services, and its statuses (API reference, "Error responses"). */
const SPELLING: Readonly<Record<string, readonly [code: string, status: number]>> = {
  ExpiredTokenException: ['ExpiredToken', 400],
  InternalFailure: ['InternalError', 500],
};

interface Refused extends Pick<Exchange, 'requestId'> {
  readonly request: Pick<LocalRequest, 'method' | 'path'>;
}

/** An error as S3 answers it; HEAD and 304 have no body. */
export const refuseS3 = (exchange: Refused, error: AwsError): LocalResponse => {
  const [code, status] = SPELLING[error.code] ?? [error.queryCode, error.status];
  const { request, host } = idsOf(exchange);
  const members = {
    Code: code,
    Message: error.message,
    ...error.details,
    Resource: exchange.request.path.split('?', 1)[0] ?? '',
    RequestId: request,
    HostId: host,
  };
  const content = Object.entries(members).map(([name, value]) => element(name, escapeXml(String(value))));
  const isBare = exchange.request.method === 'HEAD' || status === 304;
  return {
    status,
    headers: { ...idHeaders(exchange), ...(isBare ? {} : { 'content-type': 'application/xml' }), ...error.headers },
    body: isBare ? '' : `${XML_DECLARATION}${element('Error', content.join(''))}`,
  };
};
