/* A value that is asked for again and again while its page is looked at. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { reasonOf } from '../api/problem.ts';

export interface Polled<Value> {
  value: Value | null;
  failure: string | null;
  again: () => void;
}

/* `everyMs` 0: asked once, and when `again` is called. The last value stays during a failure. */
export function usePolled<Value>(ask: () => Promise<Value>, everyMs: number): Polled<Value> {
  const [value, setValue] = useState<Value | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const turn = useRef(0);
  const again = useCallback(() => {
    const mine = ++turn.current;
    ask().then(
      (answer) => {
        if (mine !== turn.current) return;
        setValue(() => answer);
        setFailure(null);
      },
      (error: unknown) => mine === turn.current && setFailure(reasonOf(error)),
    );
  }, []);
  useEffect(() => {
    again();
    const timer = everyMs > 0 ? setInterval(() => document.hidden || again(), everyMs) : undefined;
    return () => {
      clearInterval(timer);
      turn.current++;
    };
  }, []);
  return { value, failure, again };
}
