import type { AccessReports } from "../model";
import { renderMarkdown } from "../render-markdown";

/** The report as one page that opens from disk. */
export function renderHtml(reports: AccessReports): string {
  const text = renderMarkdown(reports).replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'">
<title>Who may reach which table</title>
</head>
<body>
<pre>${text}</pre>
</body>
</html>
`;
}
