/* An object whose keys are chosen by the administrator, each with a list of values. */
import { useState } from 'preact/hooks';
import { child, isObject, type Json } from '../config/json.ts';
import { resolved, type Schema } from '../config/schema.ts';
import { services } from '../live/feed.ts';
import { Empty } from '../ui/state.tsx';
import { ListField } from './list_field.tsx';

interface MapFieldProps {
  root: Schema;
  schema: Schema;
  path: string;
  value: Json | undefined;
  errorAt: (path: string) => string | null;
  onPut: (path: string, value: Json | undefined) => void;
}

export function MapField({ root, schema, path, value, errorAt, onPut }: MapFieldProps) {
  const [name, setName] = useState('');
  const entries = isObject(value) ? Object.entries(value) : [];
  const inner = resolved(root, schema.additionalProperties || {});
  const free = (services.value ?? []).filter((service) => !entries.some(([key]) => key === service.name));
  const add = (): void => {
    const policy = free.find((service) => service.name === name)?.policy ?? [];
    onPut(child(path, name), policy);
    setName('');
  };
  return (
    <>
      {entries.length === 0 && <Empty>None: what is built in holds for every service.</Empty>}
      <div class="fields">
        {entries.map(([key, steps]) => (
          <ListField
            key={key}
            schema={inner}
            item={resolved(root, inner.items ?? {})}
            label={key}
            path={child(path, key)}
            value={steps}
            error={errorAt(child(path, key))}
            mark={null}
            onChange={(put) =>
              onPut(child(path, key), Array.isArray(put) && put.length === 0 ? undefined : put)
            }
          >
            {errorAt(child(path, key)) !== null && (
              <p class="field-error" role="alert">
                {errorAt(child(path, key))}
              </p>
            )}
          </ListField>
        ))}
      </div>
      <div class="list-foot">
        <select aria-label="Service" value={name} onChange={(event) => setName(event.currentTarget.value)}>
          <option value="">choose a service</option>
          {free.map((service) => (
            <option key={service.name} value={service.name}>
              {service.name}
            </option>
          ))}
        </select>
        <button type="button" disabled={name === ''} onClick={add}>
          Add
        </button>
      </div>
    </>
  );
}
