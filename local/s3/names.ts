/**
 * User Guide, "General purpose bucket naming rules": 3 to 63 of small letters, digits, dots and hyphens, beginning and ending with a letter
 * or digit, no two dots side by side, no IP address, none of the prefixes and suffixes that S3 keeps for itself.
 */
export const isBucketName = (name: string): boolean =>
  /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
  !name.includes('..') &&
  !/^\d+\.\d+\.\d+\.\d+$/.test(name) &&
  !RESERVED_BEGINNINGS.some((prefix) => name.startsWith(prefix)) &&
  !RESERVED_ENDS.some((suffix) => name.endsWith(suffix));

const RESERVED_BEGINNINGS = ['xn--', 'sthree-', 'amzn-s3-demo-'];
const RESERVED_ENDS = ['-s3alias', '--ol-s3', '.mrap', '--x-s3', '--table-s3'];
