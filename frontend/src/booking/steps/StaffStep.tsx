import { useEffect, useState } from "react";
import type { FirstFree, Resource, Service } from "../../core/wire";
import { Avatar } from "../components/Avatar";
import { Choice } from "../components/Choice";
import { dayAndTime, shortDay, time } from "../format/format";
import { useQuestion } from "../hooks/useQuestion";
import { usePageServices } from "../pageServices";
import type { Staff } from "../route";
import { fill, texts } from "../texts";

interface StaffStepProps {
  service: Service;
  resources: readonly Resource[];
  onChoose(staff: Staff, how?: "correct"): void;
}

const EVERY = 30_000;
/**
 * With more people than this, the requests for the next free times would cost more than they are
 * worth.
 */
const MAX_ASKED = 8;
/** How many faces the choice of anyone shows. */
const FACES = 3;

/** The step that asks with whom or where. With only one resource it is skipped. */
export function StaffStep({ service, resources, onChoose }: StaffStepProps) {
  const only = resources.length === 1 && resources[0];
  useEffect(() => {
    if (only) onChoose(only.id, "correct");
  });
  const next = useNextFreeOfEach(service, resources);
  const [earliest] = Object.values(next)
    .filter(({ startsAt }) => startsAt !== "")
    .sort((one, other) => (one.startsAt < other.startsAt ? -1 : 1));
  if (only) return null;
  const kinds = new Set(resources.map(({ kind }) => kind));
  const kind = kinds.size === 1 ? [...kinds][0] : undefined;
  return (
    <section class="choices">
      <h2 tabIndex={-1}>{texts.chooseStaff[kind ?? "several"]}</h2>
      <Choice
        testId="resource-any"
        name={texts.anyone[kind ?? "several"]}
        picture={
          <span class="faces">
            {resources.slice(0, FACES).map((resource) => (
              <Avatar key={resource.id} resource={resource} />
            ))}
          </span>
        }
        meta={earliest?.text ?? texts.anyoneHint}
        onChoose={() => onChoose("any")}
      />
      {resources.map((resource) => (
        <Choice
          key={resource.id}
          testId={`resource-${resource.id}`}
          name={resource.name}
          languages={resource.languages}
          picture={<Avatar resource={resource} />}
          about={resource.about}
          meta={next[resource.id]?.text ?? (resources.length > MAX_ASKED ? "" : "\u00a0")}
          onChoose={() => onChoose(resource.id)}
        />
      ))}
    </section>
  );
}

interface NextFree {
  /** The start of the next free time, or "" if nothing is free or if it isn't known. */
  startsAt: string;
  text: string;
}

/** Returns the next free time of each resource in words, by the id of the resource. */
function useNextFreeOfEach(service: Service, resources: readonly Resource[]) {
  const { api } = usePageServices();
  const [found, setFound] = useState<Record<number, NextFree>>({});
  const asked = resources.length > 1 && resources.length <= MAX_ASKED ? resources : [];
  const question = {
    ask: () =>
      Promise.all(
        asked.map(async ({ id }) => [id, describe(await api.nextFree(service.id, id))] as const),
      ),
    receive: (each: (readonly [number, NextFree])[]) => setFound(Object.fromEntries(each)),
    fail() {},
    every: EVERY,
  };
  useQuestion(question, `${service.id} ${asked.map(({ id }) => id)}`);
  return found;
}

function describe({ days, time_zone: zone }: FirstFree): NextFree {
  if (days === null) return { startsAt: "", text: "" };
  const [first] = Object.entries(days);
  if (!first) return { startsAt: "", text: texts.full };
  const [day, { slots }] = first;
  const startsAt = slots?.[0]?.starts_at ?? "";
  const at = startsAt && time(startsAt, zone);
  return { startsAt, text: fill(texts.nextFree, { when: dayAndTime(shortDay(day), at || null) }) };
}
