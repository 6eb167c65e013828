import { useEffect, useId, useLayoutEffect, useRef, useState } from "react";

interface SearchFieldProps {
  label: string;
  placeholder: string;
  value: string;
  onSearch(text: string): void;
}

const PAUSE = 200;

/** A field that searches while the user types. The key / focuses it from anywhere on the page. */
export function SearchField({ label, placeholder, value, onSearch }: SearchFieldProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(value);
  const told = useRef(value);
  const search = useRef(onSearch);
  search.current = onSearch;
  // Something else has changed the search, for example Back.
  if (value !== told.current) {
    told.current = value;
    setTyped(value);
  }
  useEffect(() => {
    if (typed === told.current) return;
    const timer = setTimeout(() => {
      told.current = typed;
      search.current(typed);
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [typed]);
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const isTyping = target.closest("input, select, textarea, dialog, [contenteditable]");
      if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  return (
    <div class="search-field">
      <label for={id} class="visually-hidden">
        {label}
      </label>
      <input
        ref={input}
        id={id}
        name="q"
        type="search"
        list={undefined}
        value={typed}
        placeholder={placeholder}
        autocomplete="off"
        spellcheck={false}
        maxLength={200}
        aria-keyshortcuts="/"
        dir="auto"
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
    </div>
  );
}
