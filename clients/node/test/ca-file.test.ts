import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { CertificateAuthority } from "../../../e2e/servers/certificates";
import { readCa } from "../src/ca-file";

let directory: string;
let file: string;
let certificates: readonly string[];

beforeAll(async () => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-ca-"));
  file = path.join(directory, "bundle.crt");
  const authorities = await Promise.all(
    ["first", "second"].map((name) => CertificateAuthority.create(path.join(directory, name), name)),
  );
  certificates = authorities.map(({ certificate }) => certificate.trim());
});
afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

const accepts = (text: string) => {
  fs.writeFileSync(file, text);
  return readCa(file).then(
    () => true,
    () => false,
  );
};

test("a bundle that is cut short at any place is refused, unless what is left of it is whole", async () => {
  const bundle = `${certificates.join("\n")}\n`;
  const [one = ""] = certificates;
  const accepted: number[] = [];
  for (let length = 0; length <= bundle.length; length += 1) {
    if (await accepts(bundle.slice(0, length))) accepted.push(length);
  }
  expect(accepted).toEqual([one.length, one.length + 1, bundle.length - 1, bundle.length]);
});

test.each([
  ["Windows line ends", (bundle: string) => bundle.replaceAll("\n", "\r\n")],
  ["words between the certificates", (bundle: string) => `# CAs\n-- first --\n${bundle}\nand more: a--b\n`],
  [
    "a list of revoked certificates beside them",
    (bundle: string) => `${bundle}\n-----BEGIN X509 CRL-----\nMIIB\n-----END X509 CRL-----\n`,
  ],
  ["no line end", (bundle: string) => bundle.trim()],
])("a bundle with %s is taken", async (_, dress) => {
  expect(await accepts(dress(certificates.join("\n")))).toBe(true);
});

test.each([
  ["a certificate that is none", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"],
  ["UTF-16", Buffer.from("-----BEGIN CERTIFICATE-----", "utf16le").toString()],
])("%s is refused", async (_, text) => {
  expect(await accepts(`${certificates[0]}\n${text}`)).toBe(text.includes("\0"));
  expect(await accepts(text)).toBe(false);
});
