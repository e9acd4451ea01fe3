import { RootConstruct } from "constructs";
import { InvalidConfigurationError } from "../../lib/core";
import { asSound, assertProps, following } from "../../lib/core/props";
import { z } from "../../lib/core/schema";

const schema = z.strictObject({ name: z.string() });
const scope = new RootConstruct("shop");

/** How often what the props say was asked, and whether they were refused. */
function asked(props: { name: string }): { times: number; refused: boolean } {
  let times = 0;
  const check = ({ name }: { name: string }) => {
    times += 1;
    return name === "" ? [{ property: "name", must: "be a name", got: name, fix: "write one" }] : [];
  };
  try {
    assertProps(scope, "Orders", props, schema, check);
    return { times, refused: false };
  } catch (error) {
    if (!(error instanceof InvalidConfigurationError)) throw error;
    return { times, refused: true };
  }
}

test("props are checked each time that somebody hands them over: they may have changed", () => {
  const props = { name: "orders" };
  expect(asked(props)).toEqual({ times: 1, refused: false });
  props.name = "";
  expect(asked(props)).toEqual({ times: 1, refused: true });
});

test("what follows from something that was checked is not asked again", () => {
  const checked = asSound({ service: "orders" });
  expect(asked(following(checked, { name: "orders" }))).toEqual({ times: 0, refused: false });
});

test("what follows from something that nobody has checked is checked, and a copy of what was checked as well", () => {
  expect(asked(following({ service: "orders" }, { name: "" }))).toEqual({ times: 1, refused: true });
  const checked = asSound({ service: "orders" });
  expect(asked(following({ ...checked }, { name: "" }))).toEqual({ times: 1, refused: true });
});
