import { crc32 } from 'node:zlib';

/** A zip archive of files, stored as they are (PKWARE, APPNOTE.TXT 4.3: local headers, central directory, its end). */
export const zipOfFiles = (files: Readonly<Record<string, string>>): Buffer => {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, text] of Object.entries(files)) {
    const content = Buffer.from(text);
    const path = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0); // version that is needed
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(path.length, 22);
    const local = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), common, path, content]);
    const madeBy = Buffer.from([20, 3]); // Unix, so that the permissions count
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(0o100644 * 65_536, 6);
    rest.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from([0x50, 0x4b, 1, 2]), madeBy, common, rest, path]));
    locals.push(local);
    at += local.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  Buffer.from([0x50, 0x4b, 5, 6]).copy(end);
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, entries, end]);
};

/** Of one file. */
export const zipOf = (name: string, text: string): Buffer => zipOfFiles({ [name]: text });
