import fs from "node:fs";

/** The browser that pages are looked at in: the one that `CHROMIUM` names, else where distributions put it. */
export const CHROMIUM = [process.env.CHROMIUM ?? "", "/usr/bin/chromium", "/usr/bin/google-chrome"].find(
  (file) => file !== "" && fs.existsSync(file),
);
