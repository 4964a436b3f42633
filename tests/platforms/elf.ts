/** What a dynamically linked executable asks of the system that starts it. */
export interface Needs {
  /** The program that loads it. */
  readonly interpreter: string;
  /** The shared libraries by name. */
  readonly libraries: readonly string[];
  /** The symbol versions that those have to have, such as GLIBC_2.17. */
  readonly versions: readonly string[];
}

interface Section {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  /** Which other section holds its names. */
  readonly link: number;
  /** How many entries it has. */
  readonly info: number;
}

// Section and entry types of elf(5).
const dynamicSection = 6;
const versionNeeds = 0x6ffffffe;
const interpreterSegment = 3;
const neededTag = 1;

/** Reads a 64-bit little-endian ELF file, elf(5). Throws on anything else. */
export function readNeeds(file: Buffer): Needs {
  if (file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2 || file[5] !== 1) throw new Error("not such an ELF file");
  const sections = readSections(file);
  const namesOf = (section: Section): number => sections[section.link]?.offset ?? 0;
  const ofType = (type: number): readonly Section[] => sections.filter((section) => section.type === type);
  return {
    interpreter: readInterpreter(file),
    libraries: ofType(dynamicSection).flatMap((section) => readLibraries(file, section, namesOf(section))),
    versions: ofType(versionNeeds).flatMap((section) => readVersions(file, section, namesOf(section))),
  };
}

function textAt(file: Buffer, offset: number): string {
  return file.toString("latin1", offset, file.indexOf(0, offset));
}

const wordAt = (file: Buffer, offset: number): number => Number(file.readBigUInt64LE(offset));

function readSections(file: Buffer): readonly Section[] {
  const [start, size, count] = [wordAt(file, 0x28), file.readUInt16LE(0x3a), file.readUInt16LE(0x3c)];
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * size;
    return {
      type: file.readUInt32LE(at + 4),
      offset: wordAt(file, at + 0x18),
      size: wordAt(file, at + 0x20),
      link: file.readUInt32LE(at + 0x28),
      info: file.readUInt32LE(at + 0x2c),
    };
  });
}

function readInterpreter(file: Buffer): string {
  const [start, size, count] = [wordAt(file, 0x20), file.readUInt16LE(0x36), file.readUInt16LE(0x38)];
  const headers = Array.from({ length: count }, (_, index) => start + index * size);
  const header = headers.find((at) => file.readUInt32LE(at) === interpreterSegment);
  return header === undefined ? "" : textAt(file, wordAt(file, header + 8));
}

function readLibraries(file: Buffer, { offset, size }: Section, names: number): readonly string[] {
  const entries = Array.from({ length: size / 16 }, (_, index) => offset + index * 16);
  const needed = entries.filter((at) => wordAt(file, at) === neededTag);
  return needed.map((at) => textAt(file, names + wordAt(file, at + 8)));
}

/** A list of libraries, each with a list of versions; every entry says how far the next one is. */
function readVersions(file: Buffer, { offset, info }: Section, names: number): readonly string[] {
  const versions: string[] = [];
  let library = offset;
  for (let libraries = info; libraries > 0; libraries--) {
    let version = library + file.readUInt32LE(library + 8);
    for (let count = file.readUInt16LE(library + 2); count > 0; count--) {
      versions.push(textAt(file, names + file.readUInt32LE(version + 8)));
      version += file.readUInt32LE(version + 12);
    }
    library += file.readUInt32LE(library + 12);
  }
  return versions;
}
