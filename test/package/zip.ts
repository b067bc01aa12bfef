/** Signatures of the end record and of a directory entry (PKWARE APPNOTE 4.3.12 and 4.3.16). */
const END = 0x06054b50;
const ENTRY = 0x02014b50;

const endOf = (zip: Buffer): number => {
  for (let at = zip.length - 22; at >= 0; at -= 1) if (zip.readUInt32LE(at) === END) return at;
  throw new Error('not a zip: it has no end of central directory');
};

/** The names of the files in a zip, in the order of its directory. */
export const filesIn = (zip: Buffer): readonly string[] => {
  const end = endOf(zip);
  const names: string[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (zip.readUInt32LE(at) !== ENTRY) throw new Error(`not a zip: there is no directory entry at ${at}`);
    const [name, extra, comment] = [zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30), zip.readUInt16LE(at + 32)];
    names.push(zip.toString('utf8', at + 46, at + 46 + name));
    at += 46 + name + extra + comment;
  }
  return names;
};
