/* A list of single values: one input each; of a few known ones, a box to tick each. */
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { child, type Json } from '../config/json.ts';
import { parsed, valueLabel, type Schema } from '../config/schema.ts';
import { fieldId } from './field_id.ts';

interface ListFieldProps {
  /* Of the list; its items' schema is followed already. */
  schema: Schema;
  item: Schema;
  label: string;
  path: string;
  value: Json | undefined;
  error: string | null;
  onChange: (value: Json | undefined) => void;
  mark: ComponentChildren;
  children: ComponentChildren;
}

export function ListField(props: ListFieldProps) {
  const { label, path, mark, children, item } = props;
  return (
    <fieldset
      class={item.enum === undefined ? 'field' : 'field field-wide'}
      aria-describedby={`${fieldId(path)}-help`}
    >
      <legend>
        {label}
        {mark}
      </legend>
      {item.enum === undefined ? <Inputs {...props} /> : <Boxes {...props} />}
      {children}
    </fieldset>
  );
}

const itemsOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);

/* What mail is about (config/schema.json), in an owner's words, as the alerts have them. */
const BOXES: Record<string, string> = {
  crash: 'Service failed, restarted',
  'give-up': 'Service given up',
  recovered: 'Service well again',
  reboot: 'Appliance restarted',
  wan: 'Internet connection',
  login: 'Wrong passwords',
  configuration: 'Configuration changed',
  disk: 'Disk trouble',
};

/* Nothing ticked is the same as left out. */
const Boxes = ({ item, value, onChange }: ListFieldProps) => (
  <div class="boxes">
    {(item.enum ?? []).map((one) => {
      const ticked = itemsOf(value).includes(one);
      const others = itemsOf(value).filter((other) => other !== one);
      const next = ticked
        ? others
        : (item.enum ?? []).filter((each) => each === one || others.includes(each));
      return (
        <label class="check" key={String(one)}>
          <input
            type="checkbox"
            checked={ticked}
            onChange={() => onChange(next.length === 0 ? undefined : next)}
          />
          {BOXES[String(one)] ?? valueLabel(String(one))}
        </label>
      );
    })}
  </div>
);

function Inputs({ schema, item, label, path, value, error, onChange }: ListFieldProps) {
  const items = itemsOf(value);
  const adder = useRef<HTMLButtonElement>(null);
  const put = (index: number, text: string): void =>
    onChange(items.map((one, at) => (at === index ? (parsed(item, text) ?? '') : one)));
  const remove = (index: number): void => {
    onChange(items.filter((_, at) => at !== index));
    adder.current?.focus();
  };
  return (
    <>
      {items.map((one, index) => (
        <div class="list-row" key={index}>
          <input
            type="text"
            id={fieldId(child(path, index))}
            aria-label={`${label}, number ${index + 1}`}
            aria-invalid={error !== null}
            autocomplete="off"
            spellcheck={false}
            maxLength={item.maxLength}
            placeholder={item.examples === undefined ? '' : `for example ${String(item.examples[0])}`}
            value={String(one)}
            onInput={(event) => put(index, event.currentTarget.value)}
          />
          <button type="button" class="quiet" onClick={() => remove(index)}>
            Remove<span class="unseen"> {String(one)}</span>
          </button>
        </div>
      ))}
      {items.length < (schema.maxItems ?? Infinity) && (
        <button type="button" class="quiet" ref={adder} onClick={() => onChange([...items, ''])}>
          Add<span class="unseen"> to {label}</span>
        </button>
      )}
    </>
  );
}
