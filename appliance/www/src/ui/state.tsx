/* What stands where data would: nothing yet, nothing at all, or why there is none. */
import type { ComponentChildren } from 'preact';

export const Loading = ({ what }: { what: string }) => (
  <p class="placeholder loading" role="status">
    Loading {what}…
  </p>
);

export const Empty = ({ children }: { children: ComponentChildren }) => <p class="placeholder">{children}</p>;

interface FailureProps {
  what: string;
  reason: string;
  onRetry?: () => void;
}

export const Failure = ({ what, reason, onRetry }: FailureProps) => (
  <div class="notice bad" role="alert">
    <p>
      {what}: {reason}
    </p>
    {onRetry && (
      <button type="button" onClick={onRetry}>
        Try again
      </button>
    )}
  </div>
);
