import { passwordInUrl } from "./password-in-url";
import { passwordVersionZero } from "./password-version-zero";
import { plaintextPassword } from "./plaintext-password";
import { replaceable } from "./replaceable";
import { rootNotRotated } from "./root-not-rotated";
import { superuserLogin } from "./superuser-login";
import { twoOnOneLogin } from "./two-on-one-login";
import { urlWithoutUser } from "./url-without-user";
import { verificationOff } from "./verification-off";
import type { Rule } from "../rule";

/** The rules about connection. */
export const connectionRules: readonly Rule[] = [
  passwordInUrl,
  passwordVersionZero,
  plaintextPassword,
  replaceable,
  rootNotRotated,
  superuserLogin,
  twoOnOneLogin,
  urlWithoutUser,
  verificationOff,
];
