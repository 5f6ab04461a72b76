/* One value of the configuration, edited as its schema says. */
import { useEffect, useState } from 'preact/hooks';
import type { Json } from '../config/json.ts';
import {
  defaultText,
  kindOf,
  parsed,
  resolved,
  suggestions,
  typedText,
  valueLabel,
  type Schema,
} from '../config/schema.ts';
import { hasNoCard } from '../live/port_card.ts';
import { fieldId } from './field_id.ts';
import { ListField } from './list_field.tsx';

export interface FieldProps {
  root: Schema;
  schema: Schema;
  label: string;
  path: string;
  value: Json | undefined;
  required: boolean;
  changed: boolean;
  error: string | null;
  onChange: (value: Json | undefined) => void;
}

const describedBy = ({ path, schema, error }: FieldProps): string | undefined => {
  const ids = [error !== null && `${fieldId(path)}-error`, schema.description && `${fieldId(path)}-help`];
  return ids.filter(Boolean).join(' ') || undefined;
};

const common = (props: FieldProps) => ({
  id: fieldId(props.path),
  'aria-describedby': describedBy(props),
  'aria-invalid': props.error !== null,
});

export function Field(props: FieldProps) {
  const { root, schema, label, path, changed, error } = props;
  const kind = kindOf(root, schema);
  const help = schema.description && (
    <p class="field-help" id={`${fieldId(path)}-help`}>
      {schema.description}
    </p>
  );
  const wrong = error !== null && (
    <p class="field-error" id={`${fieldId(path)}-error`} role="alert">
      {error}
    </p>
  );
  const mark = changed && <span class="changed-mark">changed</span>;
  if (kind === 'list') {
    return (
      <ListField {...props} item={resolved(root, schema.items ?? {})} mark={mark}>
        {wrong}
        {help}
      </ListField>
    );
  }
  return (
    <div class={kind === 'switch' ? 'field field-switch' : 'field'}>
      <label for={fieldId(path)}>
        {label}
        {hasNoCard(path) && <span class="absent-mark">no card</span>}
        {mark}
      </label>
      {kind === 'switch' ? (
        <Switch {...props} />
      ) : kind === 'choice' ? (
        <Choice {...props} />
      ) : (
        <Text {...props} />
      )}
      {wrong}
      {help}
    </div>
  );
}

const Switch = (props: FieldProps) => (
  <input
    {...common(props)}
    type="checkbox"
    role="switch"
    checked={(props.value ?? props.schema.default ?? false) === true}
    onChange={(event) => props.onChange(event.currentTarget.checked)}
  />
);

function Choice(props: FieldProps) {
  const { schema, value, required, onChange } = props;
  const options = schema.enum ?? [];
  const chosen = value === undefined ? '' : String(value);
  return (
    <select
      {...common(props)}
      value={chosen}
      onChange={(event) => onChange(options.find((one) => String(one) === event.currentTarget.value))}
    >
      {(!required || value === undefined) && <option value="">{unsetText(schema)}</option>}
      {options.map((one) => (
        <option key={String(one)} value={String(one)}>
          {valueLabel(String(one))}
        </option>
      ))}
    </select>
  );
}

const unsetText = (schema: Schema): string => {
  const fallback = defaultText(schema);
  return fallback === '' ? 'not set' : `${valueLabel(fallback)} (default)`;
};

/* Keeps what was typed, as "07" and "7" are the same number but not the same text. */
function useTyped(value: Json | undefined, schema: Schema): [string, (text: string) => void] {
  const shown = typedText(value);
  const [typed, setTyped] = useState(shown);
  const same = typedText(parsed(schema, typed)) === shown;
  useEffect(() => {
    if (!same) setTyped(shown);
  }, [shown]);
  return [typed, setTyped];
}

const isSecret = ({ schema, path }: FieldProps): boolean =>
  schema.writeOnly === true || schema.format === 'password' || /(password|secret|token)$/.test(path);

function Text(props: FieldProps) {
  const { schema, value, onChange } = props;
  const [typed, setTyped] = useTyped(value, schema);
  const offered = suggestions(schema);
  const list = `${fieldId(props.path)}-list`;
  const named = (schema.anyOf ?? []).some((one) => one.enum !== undefined);
  const example = schema.examples?.[0];
  return (
    <>
      <input
        {...common(props)}
        type={isSecret(props) ? 'password' : 'text'}
        autocomplete={isSecret(props) ? 'new-password' : 'off'}
        inputMode={schema.type === 'integer' ? 'numeric' : 'text'}
        spellcheck={false}
        maxLength={schema.maxLength}
        placeholder={defaultText(schema) || (example === undefined ? '' : `for example ${String(example)}`)}
        list={named ? list : undefined}
        value={typed}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          onChange(parsed(schema, event.currentTarget.value));
        }}
      />
      {named && (
        <datalist id={list}>
          {offered.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
    </>
  );
}
