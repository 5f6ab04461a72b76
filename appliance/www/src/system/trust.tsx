/* How an owner gets rid of the browser's warning, for good. */
import { overview } from '../live/feed.ts';
import { Fact, Facts } from '../ui/facts.tsx';
import { Section } from '../ui/section.tsx';

export function Trust() {
  const authority = overview.value?.authority ?? null;
  if (authority === null) return null;
  return (
    <Section
      title="Trust this console"
      tools={
        /* No `download`: some browsers offer to trust what they open. */
        <a class="button" href="/authority.crt">
          Get the certificate
        </a>
      }
    >
      <Facts>
        <Fact name="Authority">{authority.name}</Fact>
        <Fact name="SHA-256">
          <code>{authority.sha256}</code>
        </Fact>
      </Facts>
      <p class="hint trust-note">
        Import it once into your browser or system, as an authority for web sites: first compare the
        fingerprint that it shows you with this one. The console then opens without a warning, also after it
        has renewed its own certificate. This authority can vouch for this appliance’s names and for private
        addresses only.
      </p>
    </Section>
  );
}
