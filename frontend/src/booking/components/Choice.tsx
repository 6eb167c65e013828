import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "react";
import type { Languages } from "../../core/wire";
import { texts } from "../texts";
import { Icon } from "./Icon";

interface ChoiceProps {
  testId: string;
  name: string;
  languages?: Languages;
  picture?: ComponentChildren;
  /** A line about the person or thing that can be chosen. */
  about?: string;
  meta?: string;
  description?: string;
  price?: string | null;
  onChoose(): void;
}

/**
 * One possible answer to a question that has few. A click anywhere in the row chooses it; "More"
 * only shows all of its text.
 */
export function Choice(props: ChoiceProps) {
  const {
    testId,
    name,
    languages = {},
    picture,
    about,
    meta,
    description,
    price,
    onChoose,
  } = props;
  return (
    <div class="choice">
      {picture}
      <div class="choice-text">
        <p class="choice-head">
          <button
            type="button"
            class="choice-name"
            data-testid={testId}
            aria-describedby={`${testId}-price ${testId}-meta`}
            onClick={onChoose}
          >
            <bdi lang={languages.name}>{name}</bdi>
          </button>
          {price && (
            <span id={`${testId}-price`} class="choice-price">
              {price}
            </span>
          )}
        </p>
        {about && (
          <p class="choice-meta">
            <bdi lang={languages.about}>{about}</bdi>
          </p>
        )}
        {meta && (
          <p id={`${testId}-meta`} class="choice-meta">
            {meta}
          </p>
        )}
        {description && <Description text={description} lang={languages.description} />}
      </div>
      <Icon name="on" />
    </div>
  );
}

function Description({ text, lang }: { text: string; lang: string | undefined }) {
  const shown = useRef<HTMLParagraphElement>(null);
  const [isLong, setLong] = useState(false);
  const [isOpen, setOpen] = useState(false);
  useLayoutEffect(() => {
    const { scrollHeight = 0, clientHeight = 0 } = shown.current ?? {};
    setLong(scrollHeight > clientHeight + 1);
  }, []);
  return (
    <>
      <p ref={shown} class={isOpen ? "choice-hint" : "choice-hint clamped"}>
        <bdi lang={lang}>{text}</bdi>
      </p>
      {isLong && (
        <button
          type="button"
          class="change"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? texts.less : texts.more}
        </button>
      )}
    </>
  );
}
