import { useEffect, useState } from "react";
import type { Service } from "../../core/wire";
import type { Category } from "../offer/categories";
import { findServices } from "../offer/search";
import { fill, texts } from "../texts";

interface ServiceFinderProps {
  services: readonly Service[];
  hasSearch: boolean;
  /** The categories that are shown now. */
  categories: readonly Category[];
  headingOf(category: Category): string;
  onFound(services: readonly Service[]): void;
}

/**
 * The part of the window, as margins: a category whose heading is there counts as the one being
 * read.
 */
const READ_PART = "-25% 0px -65%";

/**
 * Two ways to find one of many services: a search, and a button for each category that scrolls to
 * it.
 */
export function ServiceFinder(props: ServiceFinderProps) {
  const { services, categories, headingOf, onFound } = props;
  const [wanted, setWanted] = useState("");
  const search = (text: string) => {
    setWanted(text);
    onFound(findServices(services, text));
  };
  const isNothingFound = categories.length === 0;
  return (
    <>
      {props.hasSearch && (
        <input
          type="search"
          class="finder-search"
          data-testid="search"
          list={undefined}
          value={wanted}
          placeholder={texts.search}
          aria-label={texts.search}
          enterkeyhint="search"
          maxLength={100}
          onInput={(event) => search(event.currentTarget.value)}
        />
      )}
      {categories.length > 1 && <Chips categories={categories} headingOf={headingOf} />}
      <p class="finder-nothing" role="status">
        {isNothingFound && fill(texts.nothingCalled, { text: wanted.trim() })}
      </p>
    </>
  );
}

function Chips({ categories, headingOf }: Pick<ServiceFinderProps, "categories" | "headingOf">) {
  const [read, setRead] = useReadCategory(categories.length);
  const lead = (index: number) => {
    const heading = document.getElementById(`category-${index}`);
    heading?.scrollIntoView();
    heading?.focus({ preventScroll: true });
    setRead(index);
  };
  return (
    <nav class="finder-chips" aria-label={texts.categories}>
      {categories.map((category, index) => (
        <button
          key={category.name}
          type="button"
          class="chip"
          aria-current={index === read}
          onClick={() => lead(index)}
        >
          <bdi lang={category.language}>{headingOf(category)}</bdi>
        </button>
      ))}
    </nav>
  );
}

/**
 * Returns the index of the category that is being read, and a function that sets it. It is the last
 * one whose heading came into `READ_PART`.
 */
function useReadCategory(count: number): [number, (index: number) => void] {
  const [read, setRead] = useState(0);
  useEffect(() => {
    const observer = new IntersectionObserver(
      (seen) => {
        for (const { isIntersecting, target } of seen) {
          if (isIntersecting) setRead(Number(target.id.slice("category-".length)));
        }
      },
      { rootMargin: READ_PART },
    );
    for (let index = 0; index < count; index++) {
      const heading = document.getElementById(`category-${index}`);
      if (heading) observer.observe(heading);
    }
    return () => observer.disconnect();
  }, [count]);
  return [Math.min(read, count - 1), setRead];
}
