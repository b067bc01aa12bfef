/** Seconds that an answer asks to be left alone for: Retry-After as seconds or as a date (RFC 9110, section 10.2.3). `undefined`: it does not say. */
export const retryAfter = (headers: Headers, now: number): number | undefined => {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  const date = Date.parse(text);
  return text === '' || Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
};
