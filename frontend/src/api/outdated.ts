/**
 * Reloads a page that is older than the server, because after an upgrade of Dibs the code that the
 * page loads later has other addresses. A page of the server's version stays as it is, and so does
 * any page while the server can't be reached.
 */
export const reloadOutdated = async () => {
  const code = document.querySelector("script[src]")?.getAttribute("src");
  const answer = await fetch("").catch(() => null);
  if (code && answer?.ok && !(await answer.text()).includes(code)) location.reload();
};
