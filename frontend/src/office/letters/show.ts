const STYLE_SHEET = /<style[^>]*>([\s\S]*?)<\/style>/;
const TAG = /<[^<>]+>/g;

/**
 * Shows the HTML of a letter in a page of the office. Such a page allows only styles from files, so
 * this sets the letter's styles by script. The scroll position stays.
 */
export function showLetter(page: Document, html: string): void {
  let sheet = "";
  const plain = html
    .replace(STYLE_SHEET, (_, text: string) => {
      sheet = text;
      return "";
    })
    .replace(TAG, (tag) => tag.replace(' style="', ' data-style="'));
  const letter = new DOMParser().parseFromString(plain, "text/html");
  const scrolled = page.documentElement.scrollTop;
  page.replaceChild(page.importNode(letter.documentElement, true), page.documentElement);
  for (const element of page.querySelectorAll<HTMLElement>("[data-style]")) {
    element.style.cssText = element.dataset.style ?? "";
  }
  const Sheet = page.defaultView?.CSSStyleSheet;
  if (Sheet) {
    const made = new Sheet();
    made.replaceSync(sheet);
    page.adoptedStyleSheets = [made];
  }
  page.documentElement.scrollTop = scrolled;
}
