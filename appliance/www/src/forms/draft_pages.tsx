/* The forms of a page, in the page's order; until the schema is there, or why it is not. */
import { draft, draftLoad, loadFailure, schema } from '../config/draft.ts';
import { kindOf } from '../config/schema.ts';
import { sectionsOf } from '../config/sections.ts';
import type { PageId } from '../router.ts';
import { Section } from '../ui/section.tsx';
import { Failure, Loading } from '../ui/state.tsx';
import { DraftField, DraftForm } from './draft_form.tsx';

export const draftReady = (): boolean => schema.value !== null && draft.value !== null;

export const DraftState = () =>
  loadFailure.value !== null ? (
    <Failure what="Configuration" reason={loadFailure.value} onRetry={() => void draftLoad()} />
  ) : (
    <Loading what="the configuration" />
  );

/* `without`: what the page shows in a way of its own. */
export function DraftForms({ page, without = [] }: { page: PageId; without?: string[] }) {
  if (!draftReady() || schema.value === null) return <DraftState />;
  const keys = sectionsOf(schema.value, page).filter((key) => !without.includes(key));
  const root = schema.value;
  const isPart = (key: string): boolean =>
    ['object', 'map', 'records'].includes(kindOf(root, root.properties?.[key] ?? {}));
  const single = keys.filter((key) => !isPart(key));
  return (
    <>
      {single.length > 0 && (
        <Section title="General">
          <div class="fields">
            {single.map((key) => (
              <DraftField key={key} path={`/${key}`} />
            ))}
          </div>
        </Section>
      )}
      {keys.filter(isPart).map((key) => (
        <DraftForm key={key} path={`/${key}`} />
      ))}
    </>
  );
}
