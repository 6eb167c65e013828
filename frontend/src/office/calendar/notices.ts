import { browserStorage } from "../shell/storages";

/**
 * A way in which this browser announces new bookings, besides a message on the page. Each has to be
 * chosen first.
 */
export type Notice = "notification" | "sound";

const KEPT = "notices";

const read = () => browserStorage.read<Notice[]>(KEPT) ?? [];

export const isChosen = (notice: Notice): boolean => read().includes(notice);

/**
 * Chooses a notice, or ends the choice. Returns whether it is chosen now, because the browser may
 * not allow it.
 */
export async function choose(notice: Notice, isWanted: boolean): Promise<boolean> {
  const isAllowed = !isWanted || notice === "sound" || (await askForNotifications()) === "granted";
  const others = read().filter((each) => each !== notice);
  const isNow = isWanted && isAllowed;
  browserStorage.write(KEPT, isNow ? [...others, notice] : others);
  if (isNow && notice === "sound") play();
  return isNow;
}

async function askForNotifications(): Promise<NotificationPermission> {
  return "Notification" in window ? Notification.requestPermission() : "denied";
}

export function notify(text: string): void {
  if (isChosen("sound")) play();
  if (!isChosen("notification") || !document.hidden || !("Notification" in window)) return;
  if (Notification.permission === "granted") new Notification(text);
}

/** Plays two soft tones. */
function play(): void {
  const context = new AudioContext();
  [660, 880].forEach((pitch, index) => {
    const [tone, volume] = [context.createOscillator(), context.createGain()];
    const starts = context.currentTime + index * 0.15;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.15, starts);
    volume.gain.exponentialRampToValueAtTime(0.001, starts + 0.3);
    tone.connect(volume).connect(context.destination);
    tone.start(starts);
    tone.stop(starts + 0.3);
    tone.onended = () => {
      if (index === 1) void context.close();
    };
  });
}
