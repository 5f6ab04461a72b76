/* The fields of an object, in the schema's order; objects within it as groups. */
import { child, equal, isObject, type Json, type JsonObject } from '../config/json.ts';
import { kindOf, labelOf, resolved, type Schema } from '../config/schema.ts';
import type { Refusal } from '../config/draft.ts';
import { Field } from './field.tsx';

interface RecordFieldsProps {
  root: Schema;
  schema: Schema;
  path: string;
  value: Json | undefined;
  before: Json | undefined;
  refusal: Refusal | null;
  /* Undefined takes the place out. */
  onPut: (path: string, value: Json | undefined) => void;
}

const member = (value: Json | undefined, key: string): Json | undefined =>
  isObject(value) ? (value as JsonObject)[key] : undefined;

const isAt = (refused: string | null, path: string, deep: boolean): boolean =>
  refused === path || (deep && refused !== null && refused.startsWith(`${path}/`));

export const RecordFields = ({ root, schema, path, value, before, refusal, onPut }: RecordFieldsProps) => (
  <>
    {Object.entries(schema.properties ?? {}).map(([key, given]) => {
      const property = resolved(root, given);
      const at = child(path, key);
      const kind = kindOf(root, property);
      const inner = { root, value: member(value, key), before: member(before, key), refusal };
      if (kind === 'records' || kind === 'map') return null;
      if (kind === 'object') {
        return (
          <fieldset class="group" key={key}>
            <legend>{labelOf(key, property)}</legend>
            {property.description && <p class="field-help">{property.description}</p>}
            <div class="fields">
              <RecordFields {...inner} schema={property} path={at} onPut={onPut} />
            </div>
          </fieldset>
        );
      }
      return (
        <Field
          key={key}
          root={root}
          schema={property}
          label={labelOf(key, property)}
          path={at}
          value={inner.value}
          required={schema.required?.includes(key) ?? false}
          changed={!equal(inner.value, inner.before)}
          error={refusal !== null && isAt(refusal.path, at, kind === 'list') ? refusal.reason : null}
          onChange={(put) => onPut(at, put)}
        />
      );
    })}
  </>
);
