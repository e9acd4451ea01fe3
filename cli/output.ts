/** Where a synth writes: what CDKTF's command line says, or the variable. */
export function outputDirectory(): string {
  return process.env["CDKTF_OUTDIR"] ?? "cdktf.out";
}
