/** Every sentence of the page about the appearance of the business. */
export const hint =
  "How the booking page and the letters look. The preview beside it is the real page; nobody else sees it before you save.";
export const colour = "Colour and shape";
export const accent = "Accent";
export const accentHint = "The colour of buttons and of what is chosen, like #0a6b4f.";
export const pickAccent = "Pick the accent";
export const adjusted = "So that everybody can read the page:";
export const radius = "Corners";
export const pixels = (radius: number) => (radius === 0 ? "square" : `${radius} px`);
export const pictures = "Logo and picture";
export const logo = "Logo";
export const logoHint =
  "Best is a square one. Without it the page shows the first letter of your name on the accent.";
export const picture = "Picture";
export const pictureHint =
  "On the first page, and with links to the page that are shared: your rooms, or you at work.";
export const font = "Font";
export const fontHint =
  "Visitors have these fonts already. Which one exactly depends on their device.";
export const fonts: Record<string, string> = {
  system: "Like the device",
  humanist: "Humanist, open and friendly",
  geometric: "Geometric, plain and modern",
  rounded: "Rounded, soft",
  serif: "With serifs, like a book",
  slab: "With strong serifs",
};
export const preview = "Preview";
export const previewOf = "Booking page in the appearance that you are choosing";
export const theme = "Ground";
export const themes: Record<"light" | "dark", string> = { light: "Light", dark: "Dark" };
