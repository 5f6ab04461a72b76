/* A part of the candidate as a form: fields, groups, and lists of records, all from the schema. */
import { draftPut, draftValue, refusal, runningValue, schema } from '../config/draft.ts';
import { child, equal, keysOf } from '../config/json.ts';
import { kindOf, labelOf, resolved, schemaAt, type Schema } from '../config/schema.ts';
import { Section } from '../ui/section.tsx';
import { Field } from './field.tsx';
import { MapField } from './map_field.tsx';
import { RecordFields } from './record_fields.tsx';
import { RecordList } from './record_list.tsx';

interface Nested {
  path: string;
  label: string;
}

/* The lists of records below `path`: they stand under the form, with a title of their own. */
function recordListsOf(root: Schema, given: Schema, path: string): Nested[] {
  const form = resolved(root, given);
  return Object.entries(form.properties ?? {}).flatMap(([key, property]) => {
    const kind = kindOf(root, property);
    const at = child(path, key);
    if (kind === 'records') return [{ path: at, label: labelOf(key, resolved(root, property)) }];
    return kind === 'object' ? recordListsOf(root, property, at) : [];
  });
}

/* The error to show at a place: of the place itself, or of what is below it. */
const errorAt = (path: string): string | null => {
  const at = refusal.value?.path;
  return at === path || at?.startsWith(`${path}/`) ? (refusal.value?.reason ?? null) : null;
};

function ObjectForm({ root, form, path }: { root: Schema; form: Schema; path: string }) {
  return (
    <>
      <div class="fields">
        <RecordFields
          root={root}
          schema={form}
          path={path}
          value={draftValue(path)}
          before={runningValue(path)}
          refusal={refusal.value}
          onPut={draftPut}
        />
      </div>
      {recordListsOf(root, form, path).map((list) => (
        <div class="nested" key={list.path}>
          <h3>{list.label}</h3>
          <RecordList path={list.path} label={list.label} />
        </div>
      ))}
    </>
  );
}

/* A part that is one value stands with others of its kind, without a title of its own. */
export function DraftField({ path }: { path: string }) {
  const root = schema.value;
  const found = root && schemaAt(root, keysOf(path));
  if (!root || !found) return null;
  const form = resolved(root, found);
  const key = keysOf(path).at(-1) ?? '';
  return (
    <Field
      root={root}
      schema={form}
      label={labelOf(key, form)}
      path={path}
      value={draftValue(path)}
      required={root.required?.includes(key) ?? false}
      changed={!equal(draftValue(path), runningValue(path))}
      error={errorAt(path)}
      onChange={(value) => draftPut(path, value)}
    />
  );
}

export function DraftForm({ path }: { path: string }) {
  const root = schema.value;
  const found = root && schemaAt(root, keysOf(path));
  if (!root || !found) return null;
  const form = resolved(root, found);
  const label = labelOf(keysOf(path).at(-1) ?? '', form);
  const kind = kindOf(root, form);
  return (
    <Section title={label} note={form.description}>
      {kind === 'records' ? (
        <RecordList path={path} label={label} />
      ) : kind === 'map' ? (
        <MapField
          root={root}
          schema={form}
          path={path}
          value={draftValue(path)}
          errorAt={errorAt}
          onPut={draftPut}
        />
      ) : (
        <ObjectForm root={root} form={form} path={path} />
      )}
    </Section>
  );
}
