/** Every sentence of the page about the server. */
export const hint =
  "How this Dibs is set up. These are changed by whoever runs the server: each line names its setting.";
export const names: Record<string, string> = {
  version: "Version",
  public_url: "Address for customers",
  database: "Database",
  holds: "Held times are kept in",
  mail: "Mail server",
  mail_from: "Sender of letters",
  own_letters: "Own templates of letters",
  limits: "Limits on requests",
};
const VALUES: Record<string, string> = {
  "mail none": "None: no letters are sent",
  "mail outbox": "None: letters are kept on this machine, at /outbox",
  "holds memory": "The memory of the server",
};
export const sayValue = (name: string, value: string) =>
  VALUES[`${name} ${value}`] ?? (value || "–");
