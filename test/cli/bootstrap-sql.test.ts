import { bootstrapSqlCommand } from "../../cli/bootstrap-sql";
import { environments } from "../../template/project/stacks";

const write = jest.spyOn(process.stdout, "write").mockImplementation(() => true);
beforeEach(() => write.mockClear());

async function bootstrapSql(...options: string[]): Promise<string> {
  await bootstrapSqlCommand(async () => environments).parseAsync(["production", "shop", ...options], {
    from: "user",
  });
  return write.mock.calls.map(([text]) => String(text)).join("");
}

test("roles to retire reach the SQL, which knows whose they are", async () => {
  expect(await bootstrapSql()).not.toContain("o'brien");
  expect(await bootstrapSql("--retire", "old-shop", "--retire", "o'brien")).toContain(
    "unnest(ARRAY['old-shop', 'o''brien'])",
  );
});

test.each([
  ["orders-shop", "--retire orders-shop: still declared; take the access out of its service first"],
  ["", "--retire must be a PostgreSQL identifier of 1 to 63 bytes"],
  ["a\nb", "--retire must be a PostgreSQL identifier of 1 to 63 bytes"],
])("--retire %j is refused, and nothing is printed", async (role, message) => {
  await expect(bootstrapSql("--retire", role)).rejects.toThrow(message);
  expect(write).not.toHaveBeenCalled();
});
