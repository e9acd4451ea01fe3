import { bootstrapSqlCommand } from "../../cli/bootstrap-sql";

const write = jest.spyOn(process.stdout, "write").mockImplementation(() => true);
beforeEach(() => write.mockClear());

function bootstrapSql(...options: string[]): string {
  bootstrapSqlCommand().parse(["production", "shop", ...options], { from: "user" });
  return write.mock.calls.map(([text]) => String(text)).join("");
}

test("roles to retire reach the SQL, which knows whose they are", () => {
  expect(bootstrapSql()).not.toContain("o'brien");
  expect(bootstrapSql("--retire", "old-shop", "--retire", "o'brien")).toContain(
    "unnest(ARRAY['old-shop', 'o''brien'])",
  );
});

test.each([
  ["orders-shop", "--retire orders-shop: still declared; take the access out of its service first"],
  ["", "--retire must be a PostgreSQL identifier of 1 to 63 bytes"],
  ["a\nb", "--retire must be a PostgreSQL identifier of 1 to 63 bytes"],
])("--retire %j is refused, and nothing is printed", (role, message) => {
  expect(() => bootstrapSql("--retire", role)).toThrow(message);
  expect(write).not.toHaveBeenCalled();
});
