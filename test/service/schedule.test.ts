import { scheduleProblems } from "../../lib/service/declaration/schedule";

test.each([
  "0 0 31 2 *",
  "0 0 30 2 *",
  "0 0 31 4,6,9,11 *",
  "0 0 30-31 feb *",
  "0 0 31 2-2 ?",
  "5 4 31 2/12 *",
])("%s would never run", (schedule) =>
  expect(scheduleProblems("schedule", schedule)).toMatchObject([
    { must: "name a day that there is: none of its months has that many days, so it would never run" },
  ]),
);

test.each([
  "0 0 29 2 *",
  "0 0 31 * *",
  "0 0 31 1-2 *",
  "0 0 28-31 2 *",
  "0 0 31 4/2 *",
  "0 0 31 2 mon",
  "0 0 31 2 */2",
  "0 0 */2 2 *",
  "* * * * *",
  "@monthly",
])("%s runs some day", (schedule) => expect(scheduleProblems("schedule", schedule)).toEqual([]));
