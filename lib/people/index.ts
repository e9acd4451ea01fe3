export type { PeopleAccess, PeopleDeclaration, PeopleLogin, PeopleProps } from "./declaration";
export { loginNames, peopleTtl } from "./declaration";
export { People, PeopleUsers } from "./people";
export { peopleProblems } from "./problems";
export { peopleSchema } from "./schema";
