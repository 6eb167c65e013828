/**
 * Loads a page anew that is older than the server: after an upgrade of Dibs the code that a page
 * loads later has other addresses. A page of the same age stays as it is, and so does any while the
 * server can't be reached: whoever needs the code asks for it again.
 */
export const reloadOutdated = async () => {
  const code = document.querySelector("script[src]")?.getAttribute("src");
  const answer = await fetch("").catch(() => null);
  if (code && answer?.ok && !(await answer.text()).includes(code)) location.reload();
};
