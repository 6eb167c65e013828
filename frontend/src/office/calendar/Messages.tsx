import { useEffect } from "react";
import * as texts from "./texts";

export interface Message {
  id: number;
  text: string;
  undo?: (() => Promise<void>) | undefined;
}

/** Milliseconds for which a message is shown. A message with an undo is shown longer. */
const SHOWN = 6_000;
const SHOWN_WITH_UNDO = 12_000;

interface MessagesProps {
  messages: readonly Message[];
  onDone(id: number): void;
}

/** Messages about what has just happened, at the edge of the page. Some of them offer an undo. */
export function Messages({ messages, onDone }: MessagesProps) {
  return (
    <div class="cal-messages" role="status" aria-live="polite">
      {messages.map((message) => (
        <MessageView key={message.id} message={message} onDone={onDone} />
      ))}
    </div>
  );
}

function MessageView({ message, onDone }: { message: Message; onDone(id: number): void }) {
  const { id, undo } = message;
  useEffect(() => {
    const timer = setTimeout(() => onDone(id), undo ? SHOWN_WITH_UNDO : SHOWN);
    return () => clearTimeout(timer);
  }, [id, undo, onDone]);
  return (
    <div class="cal-message">
      <p>
        <bdi>{message.text}</bdi>
      </p>
      {undo && (
        <button
          type="button"
          class="quiet-button"
          onClick={() => {
            onDone(id);
            void undo();
          }}
        >
          {texts.undo}
        </button>
      )}
      <button
        type="button"
        class="quiet-button"
        aria-label={texts.dismiss}
        onClick={() => onDone(id)}
      >
        <span aria-hidden="true">×</span>
      </button>
    </div>
  );
}
