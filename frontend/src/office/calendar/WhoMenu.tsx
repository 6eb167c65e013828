import { Menu } from "./Menu";
import * as texts from "./texts";
import type { Resource } from "./wire";

interface WhoMenuProps {
  resources: readonly Resource[];
  /** The ids of the chosen resources. An empty list means all of them. */
  chosen: readonly number[];
  onChoose(resources: readonly number[]): void;
}

/** The menu that chooses whose days are shown: those of all, or of the ticked people. */
export function WhoMenu({ resources, chosen, onChoose }: WhoMenuProps) {
  const isChosen = (id: number) => chosen.includes(id);
  const toggle = (id: number) => {
    // The ids are in the order of the catalog, as the columns are.
    const next = resources
      .map((each) => each.id)
      .filter((each) => isChosen(each) !== (each === id));
    onChoose(next.length === resources.length ? [] : next);
  };
  return (
    <Menu
      name={
        <>
          <span class="visually-hidden">{texts.who}: </span>
          <bdi>{nameOf(resources, chosen)}</bdi>
        </>
      }
    >
      <fieldset class="cal-who">
        <legend class="visually-hidden">{texts.who}</legend>
        <label>
          <input type="radio" checked={chosen.length === 0} onChange={() => onChoose([])} />
          {texts.everybody}
        </label>
        {resources.map((each) => (
          <label key={each.id}>
            <input type="checkbox" checked={isChosen(each.id)} onChange={() => toggle(each.id)} />
            <bdi>{each.name}</bdi>
          </label>
        ))}
      </fieldset>
    </Menu>
  );
}

function nameOf(resources: readonly Resource[], chosen: readonly number[]): string {
  const [first, ...others] = resources.filter((each) => chosen.includes(each.id));
  if (!first) return texts.everybody;
  return others.length ? texts.several(1 + others.length, resources.length) : first.name;
}
